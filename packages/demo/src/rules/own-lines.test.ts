import { describe, expect, test } from 'vitest'
import type { Directory } from '@symbolon/contracts/directory'
import { parseCardLine } from './card-line.ts'
import { parsePaymentLine } from './payment-line.ts'

const name = { ko: '가', en: 'a' }
const directory: Directory = {
  version: 1,
  operator: { operatorId: '0'.repeat(32), name, origin: 'http://127.0.0.1:1', vaultKeyCertificates: [] },
  issuers: [
    {
      issuerId: '1'.repeat(32),
      name,
      origin: 'http://localhost:2',
      accountRanges: [{ low: '41110000', high: '41119999', panLengths: [16], network: 'visa' }],
      sealingKeys: [{ keyId: '0'.repeat(16), publicKey: 'AA', certificate: 'AA', signature: 'AA' }],
      certificateKey: 'A'.repeat(43),
    },
  ],
}
const good = ['4111 1111-1111 1111', '06/31', '123', 'KIM HANEUL', '010-1234-5678', 'Seoul', '824917']
const change = (column: number, value: string): string[] => good.map((field, index) => (index === column ? value : field))

const reasonOf = (parsed: { readonly ok: boolean; readonly problem?: string }): string => parsed.problem ?? 'no problem'

describe('a line of cards', () => {
  test.each(['06/31', '3106'])('is a customer with one card, expiry written %s', (expiry) => {
    expect(parseCardLine({ number: 7, fields: change(1, expiry) }, directory)).toMatchObject({
      ok: true,
      value: { pin: '824917', cards: [{ line: 7, card: { primaryAccountNumber: '4111111111111111', expiry: '3106' } }] },
    })
  })
  test.each([
    [0, '4111111111111112', 'Luhn'],
    [0, '41111111', '12 to 19 digits'],
    [0, '5555555555554444', 'no connected issuer'],
    [0, '0000000000000000', 'no network'],
    [1, '13/31', 'expiry'],
    [1, '2031-06', 'expiry'],
    [2, '12', 'security code'],
    [3, '', 'holder'],
    [3, 'x'.repeat(61), 'holder'],
    [4, 'call me', 'phone'],
    [5, 'x'.repeat(201), 'address'],
    [6, '12345', 'PIN'],
  ])('with column %d = %j is refused for its %s, and the reason echoes nothing', (column, value, word) => {
    const parsed = parseCardLine({ number: 1, fields: change(column, value) }, directory)
    expect(reasonOf(parsed)).toContain(word)
    if (value.length > 3) expect(JSON.stringify(parsed)).not.toContain(value)
  })
  test('with another number of columns is refused', () => {
    expect(reasonOf(parseCardLine({ number: 1, fields: good.slice(1) }, directory))).toContain('7 columns')
  })
})

const facts = { customerIndexByLine: new Map([[3, 0]]), shops: ['tea', 'books'] }
const payment = (fields: readonly string[]) => parsePaymentLine({ number: 2, fields }, facts)

describe('a line of payments', () => {
  test.each([
    [['3', 'tea', '12000', 'KRW', '3'], 12_000n],
    [['3', 'books', '12.5', 'USD', '0'], 1_250n],
    [['3', 'books', '12', 'USD', '0'], 1_200n],
    [['3', 'books', '0.01', 'USD', '0'], 1n],
  ] as const)('%j', (fields, amount) => expect(payment(fields)).toMatchObject({ ok: true, value: { customerIndex: 0, amount, line: 2 } }))
  test.each([
    [['4', 'tea', '1', 'KRW', '0'], 'card_line'],
    [['x', 'tea', '1', 'KRW', '0'], 'card_line'],
    [['3', 'cars', '1', 'KRW', '0'], 'shop'],
    [['3', 'tea', '1', 'krw', '0'], 'currency'],
    [['3', 'tea', '1.5', 'KRW', '0'], 'amount'],
    [['3', 'tea', '1.234', 'USD', '0'], 'amount'],
    [['3', 'tea', '0', 'KRW', '0'], 'amount'],
    [['3', 'tea', '-1', 'KRW', '0'], 'amount'],
    [['3', 'tea', '10000000000', 'USD', '0'], 'amount'],
    [['3', 'tea', '1', 'KRW', '37'], 'instalments'],
    [['3', 'tea', '1', 'KRW', ''], 'instalments'],
    [['3', 'tea', '1', 'KRW'], '5 columns'],
  ])('%j is refused for its %s', (fields, word) => expect(reasonOf(payment(fields))).toContain(word))
})

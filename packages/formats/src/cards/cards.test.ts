import cardValidator from 'card-validator'
import { assert, property, stringMatching } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { findCardNumberRuns, groupCardNumber, hasCardNumberRun, inspectCardNumber, isLuhnValid, luhnCheckDigit } from './index.ts'

const published = [
  ['4111111111111111', 'visa'],
  ['4242424242424242', 'visa'],
  ['4508750015741019', 'visa'],
  ['5555555555554444', 'mastercard'],
  ['2223003122003222', 'mastercard'],
  ['5123450000000008', 'mastercard'],
  ['378282246310005', 'american-express'],
  ['3530111333300000', 'jcb'],
  ['6200000000000005', 'unionpay'],
  ['6205500000000000004', 'unionpay'],
  ['36227206271667', 'diners-club'],
  ['6011111111111117', 'discover'],
  ['6555900000604105', 'bccard'],
  ['9430030000000008', 'korean-domestic'],
] as const

describe('card numbers as typed', () => {
  it.each(published)('accepts %s as %s', (digits, network) => {
    expect(inspectCardNumber(digits)).toMatchObject({ digits, networks: [network], isValid: true, isPotentiallyValid: true })
    for (let size = 0; size < digits.length; size += 1) {
      const partial = inspectCardNumber(digits.slice(0, size))
      expect(partial.isPotentiallyValid, `first ${size}`).toBe(true)
      expect(partial.networks).toContain(network)
    }
  })

  it.each(published)('refuses %s with another last digit', (digits) => {
    for (let other = 1; other < 10; other += 1) {
      const last = String((Number(digits.at(-1)) + other) % 10)
      expect(inspectCardNumber(digits.slice(0, -1) + last).isValid).toBe(false)
    }
  })

  it.each(published.filter(([, network]) => network !== 'bccard' && network !== 'korean-domestic'))(
    'agrees with card-validator about %s',
    (digits, network) => {
      expect(cardValidator.number(digits).card?.type).toBe(network)
      expect(cardValidator.number(digits).isValid).toBe(true)
    },
  )

  it('checks Luhn for UnionPay, where card-validator does not', () => {
    expect(cardValidator.number('6212341111111111111').isValid).toBe(true)
    expect(inspectCardNumber('6212341111111111111').isValid).toBe(false)
  })

  it.each([
    ['0', false],
    ['1', false],
    ['7000', false],
    ['4111x', false],
    ['41111111111111112222', false],
    ['378282246310006', false],
    ['3782822463100050', false],
    ['4111111111111112', true], // Nineteen digits are still possible.
    ['', true],
  ])('%s is potentially valid: %s', (text, expected) => {
    expect(inspectCardNumber(text)).toMatchObject({ isPotentiallyValid: expected, isValid: false })
  })

  it('decides between networks only when the digits do', () => {
    expect(inspectCardNumber('3').networks).toEqual(['american-express', 'jcb', 'diners-club'])
    expect(inspectCardNumber('6555').networks).toEqual(['discover', 'bccard'])
    expect(inspectCardNumber('655591').networks).toEqual(['discover'])
    expect(inspectCardNumber('2720').networks).toEqual(['mastercard'])
    expect(inspectCardNumber('2721').networks).toEqual([])
  })

  it('ignores how people and keyboards write numbers', () => {
    expect(inspectCardNumber('4111 1111-1111 1111').isValid).toBe(true)
    expect(inspectCardNumber('４１１１ １１１１ １１１１ １１１１')).toMatchObject({ isValid: true, digits: '4111111111111111' })
    expect(groupCardNumber(inspectCardNumber('378282246310005'))).toBe('3782 822463 10005')
    expect(groupCardNumber(inspectCardNumber('6205500000000000004'))).toBe('6205 5000 0000 0000 004')
    expect(inspectCardNumber('378282246310005').securityCodeLength).toBe(4)
  })
})

describe('Luhn', () => {
  it('finds the check digit that makes any digits valid, and no other one', () => {
    assert(
      property(stringMatching(/^[0-9]{1,30}$/u), (digits) => {
        const valid = Array.from('0123456789').filter((last) => isLuhnValid(digits + last))
        expect(valid).toEqual([luhnCheckDigit(digits)])
      }),
    )
  })
  it.each(['', ' ', '4111 1111', '４２'])('refuses %j', (text) => expect(isLuhnValid(text)).toBe(false))
})

describe('card numbers in free text', () => {
  it.each([
    '4111111111111111',
    'order 4111 1111 1111 1111 please',
    '4111-1111-1111-1111',
    '4111.1111.1111.1111',
    '4111 - 1111 - 1111 - 1111',
    '４１１１１１１１１１１１１１１１',
    '٤١١١١١١١١١١١١١١١',
    '𝟒𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏',
    '4111\u200b1111\u200b1111\u200b1111',
    '4111\u00a01111\u20111111\u00ad1111',
    '카드 378282246310005번',
    '2 4111 1111 1111 1111 12/27 123',
    'a9430030000000008b',
    '4;4111111111111111=2212',
    '6205500000000000004',
  ])('finds %j', (text) => expect(hasCardNumberRun(text)).toBe(true))

  it.each([
    '',
    '아메리카노 2잔',
    '4111111111111112',
    '010-1234-5678',
    '411111111111',
    '2026-11-25 12:30:00',
    '41111111111111111111111111',
    '4111/1111/1111/1111',
  ])('lets %j pass', (text) => expect(hasCardNumberRun(text)).toBe(false))

  it('answers the digits', () => expect(findCardNumberRuns('a 4111 1111 1111 1111 b')).toEqual(['4111111111111111']))
})

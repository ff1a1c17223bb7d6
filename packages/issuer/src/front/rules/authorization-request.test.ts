import { authorizationDataTags } from '@symbolon/contracts/issuer-link'
import { bytesToBase64, utf8ToBytes } from '@symbolon/formats/bytes'
import type { IsoFieldName, IsoFields } from '@symbolon/formats/iso8583'
import { encodeTlv } from '@symbolon/formats/tlv'
import { describe, expect, it } from 'vitest'
import { parseAuthorizationData } from './authorization-data.ts'
import { forbiddenFields, parseAuthorizationRequest } from './authorization-request.ts'
import { parseReversalRequest } from './reversal-request.ts'

const sizes = { tokenReferenceId: 16, signedMessage: 187, jointSignature: 64, deviceKeyKind: 1, deviceSignature: 64 } as const
const names = ['tokenReferenceId', 'signedMessage', 'jointSignature', 'deviceKeyKind', 'deviceSignature'] as const
const objects = names.map((name) => ({ tag: authorizationDataTags[name].tag, value: new Uint8Array(sizes[name]).fill(7) }))
const data = encodeTlv(objects)
const fields: IsoFields = {
  processingCode: '000000',
  transactionAmount: '000000012000',
  transmissionDateTime: '0115080000',
  systemsTraceAuditNumber: '000001',
  localTransactionTime: '170000',
  localTransactionDate: '0115',
  merchantType: '5411',
  posEntryMode: '810',
  posConditionCode: '59',
  acquiringInstitutionId: '423935',
  retrievalReferenceNumber: '701508000001',
  cardAcceptorTerminalId: 'SYMB0001',
  cardAcceptorId: 'ABCDEFGHIJKLMNO',
  cardAcceptorNameLocation: 'A SHOP'.padEnd(40),
  additionalData: data,
  transactionCurrencyCode: '410',
}
const cardData: IsoFields = {
  primaryAccountNumber: '4111111111111111',
  expirationDate: '2712',
  track2Data: '4111111111111111=27121010000000000',
  pinData: new Uint8Array(8),
  iccData: new Uint8Array(8),
}
const kindOf = (input: IsoFields): string => {
  const parsed = parseAuthorizationRequest(input, 'binary')
  return parsed.ok ? 'accepted' : parsed.problem.kind
}

describe('a 0200 of link', () => {
  it('is read into what the rules compare', () => {
    const parsed = parseAuthorizationRequest(fields, 'binary')
    expect(parsed.ok && parsed.value).toMatchObject({
      amountMinorUnits: 12_000n,
      currencyNumeric: '410',
      key: { acquiringInstitutionId: '00000423935' },
      passed: { acquiringInstitutionId: '423935' },
      data: { deviceKeyKind: 7 },
    })
  })

  it('reads base64 in the ASCII dialect', () => {
    const additionalData = utf8ToBytes(bytesToBase64(data))
    expect(parseAuthorizationRequest({ ...fields, additionalData }, 'base64').ok).toBe(true)
    expect(parseAuthorizationRequest({ ...fields, additionalData }, 'binary').ok).toBe(false)
    expect(parseAuthorizationRequest(fields, 'base64').ok).toBe(false)
  })

  it.each(forbiddenFields)('is refused with %s in it, whatever else is wrong', (name) => {
    expect(kindOf({ ...fields, [name]: cardData[name] })).toBe('card-data-present')
    expect(kindOf({ [name]: cardData[name] })).toBe('card-data-present')
  })

  it.each(Object.keys(fields))('is refused without %s', (name) => {
    const { [name as IsoFieldName]: _removed, ...rest } = fields
    expect(kindOf(rest)).toBe('field-missing')
  })

  it.each<[string, IsoFields]>([
    ['a zero amount', { transactionAmount: '000000000000' }],
    ['an unknown currency', { transactionCurrencyCode: '999' }],
  ])('is refused with %s', (_name, change) => expect(kindOf({ ...fields, ...change })).toBe('field-invalid'))

  it.each<[string, Uint8Array]>([
    ['nothing', new Uint8Array()],
    ['garbage', new Uint8Array(120).fill(0xff)],
    ['one object missing', encodeTlv(objects.slice(0, 4))],
    ['another order', encodeTlv(objects.toReversed())],
    ['an object twice', encodeTlv([...objects, ...objects.slice(4)])],
    ['one object too many', encodeTlv([...objects, { tag: 'C6', value: new Uint8Array(1) }])],
    ['a byte behind', Uint8Array.from([...data, 0])],
    ['a byte less', data.slice(0, -1)],
    ...names.map((name, index): [string, Uint8Array] => [
      `${name} too short`,
      encodeTlv(objects.map((object, at) => (at === index ? { ...object, value: new Uint8Array(0) } : object))),
    ]),
    ...names.map((name, index): [string, Uint8Array] => [
      `${name} too long`,
      encodeTlv(objects.map((object, at) => (at === index ? { ...object, value: new Uint8Array(467) } : object))),
    ]),
  ])('is refused when DE 48 holds %s', (_name, element) => {
    expect(parseAuthorizationData(element, 'binary')).toBeUndefined()
    expect(kindOf({ ...fields, additionalData: element })).toBe('authorization-data-invalid')
  })
})

describe('a reversal of link', () => {
  const reversal: IsoFields = {
    transactionAmount: '000000012000',
    transactionCurrencyCode: '410',
    retrievalReferenceNumber: '701508000001',
    originalDataElements: '020000000101150800000000042393500000000000',
  }

  it('means the exchange of DE 90 and DE 37', () => {
    const request = parseAuthorizationRequest(fields, 'binary')
    expect(parseReversalRequest(reversal)).toEqual({
      original: request.ok ? request.value.key : undefined,
      amountMinorUnits: 12_000n,
      currencyNumeric: '410',
    })
  })

  it.each(Object.keys(reversal))('is refused without %s', (name) => {
    const { [name as IsoFieldName]: _removed, ...rest } = reversal
    expect(parseReversalRequest(rest)).toBeUndefined()
  })

  it('is refused for another kind of original', () => {
    expect(parseReversalRequest({ ...reversal, originalDataElements: `0100${'0'.repeat(38)}` })).toBeUndefined()
    expect(parseReversalRequest({ ...reversal, originalDataElements: '0200' })).toBeUndefined()
  })
})

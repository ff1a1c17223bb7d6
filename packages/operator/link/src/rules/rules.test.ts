import { responseCodes } from '@symbolon/contracts/issuer-link'
import type { AuthorizationRequest } from '@symbolon/contracts/planes'
import { bytesToBase64url, bytesToHex, parseBase64, utf8ToBytes } from '@symbolon/formats/bytes'
import { encodeMessage, type IsoFields } from '@symbolon/formats/iso8583'
import { minorUnits } from '@symbolon/formats/money'
import { parseTlv } from '@symbolon/formats/tlv'
import type { IsoExchange } from '@symbolon/service/iso8583-channel'
import { describe, expect, it } from 'vitest'
import { encodeAuthorizationData } from './authorization-data.ts'
import { toAnswer, type SentAuthorization } from './authorization.ts'
import { decideAfterExchange, reversalPauseMs } from './decide.ts'
import { encodeMerchantName } from './merchant-name.ts'
import { buildAuthorizationMessage, buildReversalMessage, formatTransmissionDateTime } from './messages.ts'
import { formatReference, formatTrace, referenceFloor } from './numbers.ts'

const sent: SentAuthorization = {
  paymentId: '1'.repeat(32),
  requestHash: '2'.repeat(64),
  issuerId: '3'.repeat(32),
  amount: minorUnits(12_000n),
  currency: 'KRW',
  cardAcceptorId: 'ABCDEFGHIJ23456',
  posEntryMode: '810',
  trace: {
    systemsTraceAuditNumber: '000042',
    retrievalReferenceNumber: '0000000000AB',
    transmissionDateTime: '1125041500',
    acquiringInstitutionId: '9410001',
    cardAcceptorTerminalId: 'SYMB0001',
  },
  outcome: { kind: 'pending' },
}

describe('numbers', () => {
  it.each([
    [0n, '000000000000'],
    [31n, '00000000000Z'],
    [32n, '000000000010'],
    [32n ** 12n - 1n, 'ZZZZZZZZZZZZ'],
  ])('reference %s is %s', (number, text) => expect(formatReference(number)).toBe(text))
  it('has room for the clock beyond the year 2500', () => expect(referenceFloor(Date.UTC(2_500, 0))).toBeLessThan(32n ** 12n))
  it.each([
    [0n, '000001'],
    [999_998n, '999999'],
    [999_999n, '000001'],
  ])('trace %s is %s', (number, text) => expect(formatTrace(number)).toBe(text))
})

describe('merchant names', () => {
  it.each([
    ['Haneul Coffee', 'Haneul Coffee'],
    ['하늘 커피', 'haneul keopi'],
    ['꽃집 1호점', 'kkotjip 1hojeom'],
    ['Café  Zürich™', 'Cafe ZurichTM'],
    ['東京', ''],
    ['', ''],
    ['x'.repeat(60), 'x'.repeat(40)],
  ])('%s is written %s', (name, expected) => {
    expect(encodeMerchantName(name)).toBe(expected.padEnd(40, ' '))
    expect(encodeMessage('ascii', { messageType: '0200', fields: { cardAcceptorNameLocation: encodeMerchantName(name) } }).ok).toBe(true)
  })
  it('every syllable becomes letters', () => {
    for (let code = 0xac00; code <= 0xd7a3; code += 7)
      expect(encodeMerchantName(String.fromCodePoint(code)).trim()).toMatch(/^[a-z]{1,9}$/u)
  })
})

const bytes = (size: number): string => bytesToBase64url(new Uint8Array(size).fill(7))
const request = (change: Partial<AuthorizationRequest['signed']> = {}): AuthorizationRequest => ({
  paymentId: '1'.repeat(32),
  issuerId: '3'.repeat(32),
  tokenReferenceId: '00112233445566778899aabbccddeeff',
  merchantId: '4'.repeat(32),
  merchantName: 'Haneul Coffee',
  amountMinorUnits: '12000',
  currency: 'KRW',
  instalmentMonths: 0,
  channel: 1,
  signed: { message: bytes(187), signature: bytes(64), deviceKeyKind: 0, deviceSignature: bytes(64), ...change },
})

describe('DE 48', () => {
  it('is 343 bytes in BCD and 460 characters in ASCII for a P-256 device key', () => {
    const raw = encodeAuthorizationData('bcd', request())
    const text = encodeAuthorizationData('ascii', request())
    if (!raw.ok || !text.ok) throw new Error('the data can be written')
    expect(raw.value).toHaveLength(343)
    expect(text.value).toHaveLength(460)
    expect(parseBase64(new TextDecoder().decode(text.value))).toEqual(raw)
    const elements = parseTlv(raw.value, { refuseDuplicates: true })
    expect(elements.ok && elements.value.map(({ tag, value }) => [tag, value.length])).toEqual([
      ['C1', 16],
      ['C2', 187],
      ['C3', 64],
      ['C4', 1],
      ['C5', 64],
    ])
    expect(elements.ok && bytesToHex(elements.value[0]?.value ?? new Uint8Array(0))).toBe('00112233445566778899aabbccddeeff')
  })

  it('holds a WebAuthn assertion of 466 bytes in both dialects', () => {
    const assertion = request({ deviceSignature: bytes(466) })
    expect(encodeAuthorizationData('bcd', assertion)).toMatchObject({ ok: true, value: { length: 747 } })
    expect(encodeAuthorizationData('ascii', assertion)).toMatchObject({ ok: true, value: { length: 996 } })
  })

  it.each([
    ['/signed/message', { message: bytes(99) }],
    ['/signed/message', { message: bytes(256) }],
    ['/signed/message', { message: 'a' }],
    ['/signed/signature', { signature: bytes(63) }],
    ['/signed/deviceSignature', { deviceSignature: bytes(63) }],
    ['/signed/deviceSignature', { deviceSignature: bytes(467) }],
  ])('refuses %s of the wrong size', (param, change) => {
    expect(encodeAuthorizationData('bcd', request(change))).toEqual({ ok: false, problem: { code: 'REQUEST_INVALID', param } })
  })

  it('refuses the two largest parts together in ASCII, where they are too long', () => {
    const largest = request({ message: bytes(255), deviceSignature: bytes(466) })
    expect(encodeAuthorizationData('bcd', largest)).toMatchObject({ ok: true, value: { length: 815 } })
    expect(encodeAuthorizationData('ascii', largest)).toEqual({ ok: false, problem: { code: 'REQUEST_INVALID', param: '/signed' } })
  })
})

describe('messages', () => {
  const details = {
    merchantType: '5999',
    merchantName: encodeMerchantName('Haneul Coffee'),
    authorizationData: utf8ToBytes('AA=='),
    nowMs: Date.UTC(2026, 10, 25, 16, 15, 0),
  }
  it('0200 says no card: DE 2, 14 and 35 are absent', () => {
    const message = buildAuthorizationMessage(sent, details)
    expect(message).toEqual({
      messageType: '0200',
      fields: {
        processingCode: '000000',
        transactionAmount: '000000012000',
        transmissionDateTime: '1125041500',
        systemsTraceAuditNumber: '000042',
        localTransactionTime: '011500',
        localTransactionDate: '1126',
        merchantType: '5999',
        posEntryMode: '810',
        posConditionCode: '59',
        acquiringInstitutionId: '9410001',
        retrievalReferenceNumber: '0000000000AB',
        cardAcceptorTerminalId: 'SYMB0001',
        cardAcceptorId: 'ABCDEFGHIJ23456',
        cardAcceptorNameLocation: 'Haneul Coffee'.padEnd(40, ' '),
        additionalData: utf8ToBytes('AA=='),
        transactionCurrencyCode: '410',
      },
    })
    expect(encodeMessage('ascii', message).ok && encodeMessage('bcd', message).ok).toBe(true)
  })

  it('0420 and 0421 name the original in DE 37 and DE 90 and differ in nothing else', () => {
    const reversal = { original: sent, systemsTraceAuditNumber: '000043', transmissionDateTime: '1125041600' }
    const first = buildReversalMessage(reversal, false)
    expect(first).toMatchObject({
      messageType: '0420',
      fields: {
        systemsTraceAuditNumber: '000043',
        retrievalReferenceNumber: '0000000000AB',
        originalDataElements: '020000004211250415000000941000100000000000',
      },
    })
    expect(first.fields.additionalData).toBeUndefined()
    expect(buildReversalMessage(reversal, true)).toEqual({ ...first, messageType: '0421' })
  })

  it('DE 7 is UTC', () => expect(formatTransmissionDateTime(Date.UTC(2026, 10, 25, 4, 15, 0))).toBe('1125041500'))
})

describe('what follows from an exchange', () => {
  const answered = (fields: IsoFields): IsoExchange => ({ kind: 'answered', answer: { messageType: '0210', fields } })

  it.each(Object.entries(responseCodes))('DE 39 = %s', (responseCode, { outcome, reason }) => {
    const decision = decideAfterExchange(sent, answered({ responseCode }))
    const end = outcome === 'approved' ? { kind: 'approved', responseCode } : { kind: 'declined', responseCode, reason }
    expect(decision).toEqual({ kind: 'settle', outcome: end })
  })
  it.each(['99', 'N7', '  ', '0 '])('DE 39 = %j is declined as unknown', (responseCode) => {
    expect(decideAfterExchange(sent, answered({ responseCode }))).toEqual({
      kind: 'settle',
      outcome: { kind: 'declined', responseCode, reason: 'unknown-response-code' },
    })
  })
  it('keeps DE 38 without its padding', () => {
    expect(decideAfterExchange(sent, answered({ responseCode: '00', authorizationIdResponse: '12345 ' }))).toMatchObject({
      outcome: { authorizationIdResponse: '12345' },
    })
    expect(decideAfterExchange(sent, answered({ responseCode: '00', authorizationIdResponse: '      ' }))).toEqual({
      kind: 'settle',
      outcome: { kind: 'approved', responseCode: '00' },
    })
  })
  it.each<IsoFields>([
    {},
    { responseCode: '00', transactionAmount: '000000011999' },
    { responseCode: '00', transactionCurrencyCode: '840' },
    { responseCode: '00', retrievalReferenceNumber: '0000000000AC' },
    { responseCode: '05', cardAcceptorId: 'ABCDEFGHIJ23457' },
  ])('reverses what the answer %j leaves open', (fields) => {
    expect(decideAfterExchange(sent, answered(fields))).toEqual({ kind: 'reverse', reason: 'contradictory-answer' })
  })
  it.each(['timeout', 'disconnected'] as const)('reverses after %s', (reason) => {
    expect(decideAfterExchange(sent, { kind: 'unanswered', reason })).toEqual({ kind: 'reverse', reason })
  })
  it('does not reverse what never left', () => {
    expect(decideAfterExchange(sent, { kind: 'unsent', reason: 'no-session' })).toEqual({
      kind: 'settle',
      outcome: { kind: 'unsent', reason: 'issuer-unavailable' },
    })
  })

  it('pauses double up to the longest', () => {
    const timers = { retryMs: 500, longestRetryMs: 3_000 }
    expect([1, 2, 3, 4, 5, 1_000].map((attempts) => reversalPauseMs(attempts, timers))).toEqual([500, 1_000, 2_000, 3_000, 3_000, 3_000])
  })
})

describe('what edge is told', () => {
  it('names only what is known', () => {
    expect(toAnswer({ ...sent, outcome: { kind: 'approved', responseCode: '00', authorizationIdResponse: '012345' } })).toEqual({
      outcome: 'approved',
      systemsTraceAuditNumber: '000042',
      retrievalReferenceNumber: '0000000000AB',
      responseCode: '00',
      authorizationIdResponse: '012345',
    })
    const { trace: _trace, ...unsent } = sent
    expect(toAnswer({ ...unsent, outcome: { kind: 'unsent', reason: 'issuer-unavailable' } })).toEqual({
      outcome: 'unsent',
      reason: 'issuer-unavailable',
    })
  })
})

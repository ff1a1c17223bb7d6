import { describe, expect, it } from 'vitest'
import { decideBinding, type BindingFacts } from './binding.ts'
import { decideDelivery } from './delivery.ts'
import { decideHostAnswer } from './host-answer.ts'
import { createHostRequest, createHostReversal, transmissionDateTime, type HostFields } from './host-message.ts'
import { decideRate } from './rate-limit.ts'

const now = 1_800_000_000
const id = (byte: number): Uint8Array => new Uint8Array(16).fill(byte)

describe('a binding', () => {
  const facts: BindingFacts = {
    bind: {
      walletId: id(1),
      operatorId: id(2),
      issuerNonce: id(3),
      walletKey: new Uint8Array(32).fill(4),
      deviceKey: new Uint8Array(91).fill(5),
      expiresAt: now + 60,
    },
    enrolment: { walletId: id(1), operatorId: id(2), nonce: id(3) },
    deviceKeyKind: 0,
    signatures: { isJointValid: true, isDeviceValid: true },
    attestation: 'none',
    chatOrigins: ['https://chat.example'],
  }
  const bindOf = (change: Partial<BindingFacts['bind']>): BindingFacts => ({ ...facts, bind: { ...facts.bind, ...change } })

  const passkey = {
    isBackupEligible: false,
    signCount: 7,
    origin: 'https://device.example',
    isCrossOrigin: true,
    topOrigin: 'https://chat.example',
  }
  const passkeyOf = (change: Partial<typeof passkey>): BindingFacts => ({
    ...facts,
    deviceKeyKind: 1,
    signatures: { ...facts.signatures, assertion: { ...passkey, ...change } },
  })

  it.each([
    [{}, 'none', 'passkey-device-bound'],
    [{}, 'self', 'passkey-device-bound'],
    [{}, 'verified', 'passkey-attested'],
    [{ isBackupEligible: true }, 'none', 'passkey-synced'],
    [{ isBackupEligible: true }, 'verified', 'passkey-synced'],
  ] as const)('of a passkey (%j, attestation %s) is called %s', (change, attestation, keyProtection) =>
    expect(decideBinding({ ...passkeyOf(change), attestation }, now)).toMatchObject({
      ok: true,
      value: { deviceKeyKind: 1, keyProtection, attestation, signCount: 7 },
    }),
  )

  it('brings the joint key and the device key', () => {
    expect(decideBinding(facts, now)).toEqual({
      ok: true,
      value: {
        jointPublicKey: facts.bind.walletKey,
        deviceKeyKind: 0,
        deviceKey: facts.bind.deviceKey,
        keyProtection: 'browser-storage',
        attestation: 'none',
        signCount: 0,
      },
    })
  })

  it.each<[string, BindingFacts]>([
    ['other-wallet', bindOf({ walletId: id(9) })],
    ['other-operator', bindOf({ operatorId: id(9) })],
    ['other-nonce', bindOf({ issuerNonce: id(9) })],
    ['message-expired', bindOf({ expiresAt: now - 60 })],
    ['message-from-the-future', bindOf({ expiresAt: now + 366 })],
    ['device-key-kind-unsupported', { ...facts, deviceKeyKind: 2 }],
    ['joint-signature-wrong', { ...facts, signatures: { isJointValid: false, isDeviceValid: false } }],
    ['device-signature-wrong', { ...facts, signatures: { isJointValid: true, isDeviceValid: false } }],
    ['page-not-registered', { ...passkeyOf({ topOrigin: 'https://evil.example' }), deviceKeyKind: 1 }],
    ['page-not-registered', { ...passkeyOf({ isCrossOrigin: false }), deviceKeyKind: 1 }],
    ['other-wallet', { ...bindOf({ walletId: id(9), issuerNonce: id(9) }), deviceKeyKind: 2 }],
  ])('is refused: %s', (kind, input) => expect(decideBinding(input, now)).toEqual({ ok: false, problem: { kind } }))
})

describe('an answer of the host', () => {
  it.each<[string | undefined, string | undefined, boolean, string]>([
    ['00', '123456', true, 'approved 00'],
    ['51', undefined, true, 'declined 51'],
    ['Z9', undefined, true, 'declined 05'],
    ['00', undefined, true, 'reverse 96'],
    ['00', '12 456', true, 'reverse 96'],
    ['00', '123456', false, 'reverse 96'],
    ['51', undefined, false, 'reverse 96'],
    [undefined, '123456', true, 'reverse 96'],
    ['10', '123456', true, 'reverse 96'],
    ['85', '123456', true, 'reverse 96'],
  ])('%s with number %s (echo %s) means %s', (responseCode, authorizationId, isEcho, expected) => {
    const decision = decideHostAnswer({ responseCode, authorizationId, isEcho })
    expect(`${decision.kind} ${decision.responseCode}`).toBe(expected)
  })
})

describe('a message to the host', () => {
  const host: HostFields = {
    processingCode: '000000',
    transactionAmount: '000000012000',
    transmissionDateTime: '0115080000',
    systemsTraceAuditNumber: '654321',
    posEntryMode: '810',
    transactionCurrencyCode: '410',
    instalmentMonths: 3,
    passed: {
      localTransactionTime: '170000',
      localTransactionDate: '0115',
      merchantType: '5411',
      posConditionCode: '59',
      acquiringInstitutionId: '423935',
      retrievalReferenceNumber: '701508000001',
      cardAcceptorTerminalId: 'SYMB0001',
      cardAcceptorId: 'ABCDEFGHIJKLMNO',
      cardAcceptorNameLocation: 'A SHOP'.padEnd(40),
    },
  }
  const account = { primaryAccountNumber: '4111111111111111', expiry: '2712' }

  it('is an ordinary 0200 with the account and nothing of a wallet', () => {
    const { messageType, fields } = createHostRequest(host, account)
    expect(messageType).toBe('0200')
    expect(fields).toMatchObject({ primaryAccountNumber: '4111111111111111', expirationDate: '2712', extendedPaymentCode: '03' })
    expect(fields.additionalData).toBeUndefined()
    expect(Object.keys(fields)).toHaveLength(18)
  })

  it.each([0, 1])('says no instalments for %d months', (instalmentMonths) => {
    expect(createHostRequest({ ...host, instalmentMonths }, account).fields.extendedPaymentCode).toBeUndefined()
  })

  it('is reversed by 0420 and repeated by 0421, naming the original in DE 90', () => {
    const reversal = createHostReversal(host, account, false)
    expect(reversal).toMatchObject({
      messageType: '0420',
      fields: { originalDataElements: '020065432101150800000000042393500000000000', retrievalReferenceNumber: '701508000001' },
    })
    expect(reversal.fields.expirationDate).toBeUndefined()
    expect(createHostReversal(host, account, true)).toEqual({ ...reversal, messageType: '0421' })
  })

  it('carries the time in UTC', () => expect(transmissionDateTime(1_800_000_000)).toBe('0115080000'))
})

describe('the delivery of an answer', () => {
  const script = { silentAmountEndings: ['911'], lateAmountEndings: ['912'], lateByMs: 700, twiceAmountEndings: ['913'] }
  it.each<[bigint, object]>([
    [12_911n, { kind: 'silent' }],
    [912n, { kind: 'late', byMs: 700 }],
    [913n, { kind: 'twice' }],
    [9_110n, { kind: 'once' }],
  ])('of %d is scripted', (amount, expected) => {
    expect(decideDelivery(amount, script)).toEqual(expected)
    expect(decideDelivery(amount, undefined)).toEqual({ kind: 'once' })
  })
})

describe('a rate', () => {
  it('allows a burst, then what time brings back', () => {
    const rate = { perMinute: 60, burst: 2 }
    const first = decideRate(undefined, rate, 0)
    const second = decideRate(first.bucket, rate, 0)
    const third = decideRate(second.bucket, rate, 0)
    expect([first.isAllowed, second.isAllowed, third.isAllowed]).toEqual([true, true, false])
    expect(decideRate(third.bucket, rate, 999).isAllowed).toBe(false)
    const later = decideRate(third.bucket, rate, 1_000)
    expect(later.isAllowed).toBe(true)
    expect(decideRate(later.bucket, rate, 60_000_000).bucket.level).toBe(1)
  })
})

import { responseCodes } from '@symbolon/contracts/issuer-link'
import { deriveCardAcceptorId } from '@symbolon/contracts/payment-request'
import { describe, expect, it } from 'vitest'
import { defaultKeyLimits } from './key-limits.ts'
import { decideAuthorization, refusalCodes, type AuthorizationFacts, type Refusal } from './authorization.ts'

const now = 1_800_000_000
const id = (byte: number): Uint8Array => new Uint8Array(16).fill(byte)
const message = {
  kind: 'pay',
  walletId: id(1),
  tokenReferenceId: id(2),
  slotHash: new Uint8Array(32).fill(3),
  paymentAttemptId: id(4),
  merchantId: id(5),
  requestHash: new Uint8Array(32).fill(6),
  amountMinorUnits: 12_000n,
  currencyNumeric: 410,
  instalmentMonths: 3,
  expiresAt: now + 60,
  channel: 1,
} as const
const facts: AuthorizationFacts = {
  request: {
    key: {
      transmissionDateTime: '0115080000',
      systemsTraceAuditNumber: '000001',
      acquiringInstitutionId: '00000423935',
      retrievalReferenceNumber: '701508000001',
    },
    processingCode: '000000',
    amountMinorUnits: 12_000n,
    currencyNumeric: '410',
    posEntryMode: '810',
    cardAcceptorId: deriveCardAcceptorId(id(5)),
    instalmentMonths: undefined,
    passed: {
      localTransactionTime: '170000',
      localTransactionDate: '0115',
      merchantType: '5411',
      posConditionCode: '59',
      acquiringInstitutionId: '423935',
      retrievalReferenceNumber: '701508000001',
      cardAcceptorTerminalId: 'SYMB0001',
      cardAcceptorId: deriveCardAcceptorId(id(5)),
      cardAcceptorNameLocation: 'A SHOP'.padEnd(40),
    },
    data: {
      tokenReferenceId: id(2),
      message: new Uint8Array(187),
      signature: new Uint8Array(64),
      deviceKeyKind: 0,
      deviceSignature: new Uint8Array(64),
    },
  },
  token: {
    tokenReferenceId: id(2),
    walletId: id(1),
    state: 'active',
    tokenExpiry: '3101',
    limitedUntil: undefined,
    cardExpiry: '2712',
    channels: [1],
    deviceKeyKind: 0,
    keyProtection: 'browser-storage',
  },
  message,
  signatures: { isJointValid: true, isDeviceValid: true },
  newBindingLimits: new Map([['410', 11_999n]]),
  chatOrigins: ['https://chat.example'],
  keyLimits: defaultKeyLimits,
}

type Fault = (facts: AuthorizationFacts) => AuthorizationFacts
const onRequest =
  (change: Partial<AuthorizationFacts['request']>): Fault =>
  (before) => ({ ...before, request: { ...before.request, ...change } })
const onToken =
  (change: Partial<NonNullable<AuthorizationFacts['token']>>): Fault =>
  (before) => ({ ...before, token: before.token && { ...before.token, ...change } })
const onMessage =
  (change: Partial<NonNullable<AuthorizationFacts['message']>>): Fault =>
  (before) => ({ ...before, message: before.message && { ...before.message, ...change } })
const onSignatures =
  (change: Partial<AuthorizationFacts['signatures']>): Fault =>
  (before) => ({ ...before, signatures: { ...before.signatures, ...change } })

const deviceOrigin = 'https://device.example'
const passkey = {
  isBackupEligible: false,
  signCount: 7,
  origin: deviceOrigin,
  isCrossOrigin: true,
  topOrigin: 'https://chat.example',
} as const
const none = { KRW: 11_999n, USD: 0n, JPY: 0n, EUR: 0n }
const nothing = { perPayment: none, perDay: none, paymentsPerDay: 1 }

/** In the order of the checks: that order is what the pair test proves. */
const faults: readonly (readonly [Refusal, Fault])[] = [
  ['processing-code-unsupported', onRequest({ processingCode: '200000' })],
  ['token-unknown', (before) => ({ ...before, token: undefined })],
  ['token-deleted', onToken({ state: 'deleted' })],
  ['token-not-active', onToken({ state: 'suspended' })],
  ['token-expired', onToken({ tokenExpiry: '2612' })],
  ['card-expired', onToken({ cardExpiry: '2612' })],
  ['message-not-a-payment', (before) => ({ ...before, message: undefined })],
  ['other-token', onMessage({ tokenReferenceId: id(9) })],
  ['other-wallet', onMessage({ walletId: id(9) })],
  ['amount-differs', onRequest({ amountMinorUnits: 12_001n })],
  ['currency-differs', onRequest({ currencyNumeric: '840' })],
  ['channel-not-permitted', onMessage({ channel: 2 })],
  ['entry-mode-differs', onRequest({ posEntryMode: '070' })],
  ['merchant-differs', onRequest({ cardAcceptorId: deriveCardAcceptorId(id(9)) })],
  ['instalments-differ', onRequest({ instalmentMonths: 12 })],
  ['device-key-kind-differs', onRequest({ data: { ...facts.request.data, deviceKeyKind: 1 } })],
  ['joint-signature-wrong', onSignatures({ isJointValid: false })],
  ['device-signature-wrong', onSignatures({ isDeviceValid: false })],
  ['page-not-registered', onSignatures({ assertion: { ...passkey, topOrigin: 'https://evil.example' } })],
  ['other-credential', onSignatures({ assertion: { ...passkey, isBackupEligible: true } })],
  ['message-expired', onMessage({ expiresAt: now - 60 })],
  ['message-from-the-future', onMessage({ expiresAt: now + 366 })],
  ['new-binding-limit', onToken({ limitedUntil: now + 1 })],
  ['above-key-limit', (before) => ({ ...before, keyLimits: { ...defaultKeyLimits, 'browser-storage': nothing } })],
]

const refusalOf = (input: AuthorizationFacts): string => {
  const decision = decideAuthorization(input, now)
  return decision.ok ? 'accepted' : decision.problem.kind
}

describe('an authorization', () => {
  it('is accepted when everything agrees', () => {
    expect(decideAuthorization(facts, now)).toEqual({ ok: true, value: { message, token: facts.token } })
    expect(refusalOf(onRequest({ instalmentMonths: 3 })(facts))).toBe('accepted')
  })

  it.each<[string, Fault, string]>([
    ['in the registered page', onSignatures({ assertion: passkey }), 'accepted'],
    [
      'in a page of its own',
      onSignatures({ assertion: { ...passkey, isCrossOrigin: false, topOrigin: undefined } }),
      'page-not-registered',
    ],
    ['in a page without a name', onSignatures({ assertion: { ...passkey, topOrigin: undefined } }), 'page-not-registered'],
    ['in the page, but not in a frame', onSignatures({ assertion: { ...passkey, isCrossOrigin: false } }), 'page-not-registered'],
    [
      'in a window of its own, registered',
      (before) => ({
        ...onSignatures({ assertion: { ...passkey, isCrossOrigin: false, topOrigin: undefined } })(before),
        chatOrigins: [deviceOrigin],
      }),
      'accepted',
    ],
    [
      'in a window of its own that names another page',
      (before) => ({ ...onSignatures({ assertion: { ...passkey, isCrossOrigin: false } })(before), chatOrigins: [deviceOrigin] }),
      'page-not-registered',
    ],
    [
      'in a frame of itself',
      (before) => ({ ...onSignatures({ assertion: { ...passkey, topOrigin: deviceOrigin } })(before), chatOrigins: [deviceOrigin] }),
      'page-not-registered',
    ],
    ['in a page of nobody', (before) => ({ ...onSignatures({ assertion: passkey })(before), chatOrigins: [] }), 'page-not-registered'],
  ])('believes a passkey only where its operator shows the frame: %s', (_, fault, expected) => {
    expect(refusalOf(onToken({ keyProtection: 'passkey-device-bound' })(fault(facts)))).toBe(expected)
  })

  it('knows a key that may be copied from one that may not, for life', () => {
    const synced = onSignatures({ assertion: { ...passkey, isBackupEligible: true } })(facts)
    expect(refusalOf(onToken({ keyProtection: 'passkey-synced' })(synced))).toBe('accepted')
    expect(refusalOf(onToken({ keyProtection: 'passkey-attested' })(synced))).toBe('other-credential')
    expect(refusalOf(onToken({ keyProtection: 'passkey-synced' })(onSignatures({ assertion: passkey })(facts)))).toBe('other-credential')
  })

  it('may arrive until sixty seconds after its expiry, and not from beyond two clocks', () => {
    expect(refusalOf(onMessage({ expiresAt: now - 59 })(facts))).toBe('accepted')
    expect(refusalOf(onMessage({ expiresAt: now + 365 })(facts))).toBe('accepted')
  })

  it.each(faults)('is refused: %s', (refusal, fault) => {
    expect(refusalOf(fault(facts))).toBe(refusal)
  })

  it('answers the earlier of two faults', () => {
    for (const [index, [refusal, fault]] of faults.entries()) {
      // Two faults of one thing hide each other: a token that is gone has no state, a message that is none has no terms.
      for (const [later, laterFault] of faults.slice(index + 1)) {
        expect(refusalOf(laterFault(fault(facts))), `${refusal} before ${later}`).toBe(
          isHidden(refusal, later) ? refusalOf(laterFault(facts)) : refusal,
        )
      }
    }
  })

  it('has one response code of the contract for every refusal', () => {
    for (const code of Object.values(refusalCodes)) expect(responseCodes[code].outcome).toBe('declined')
    const decidedElsewhere = [
      'card-data-present',
      'field-missing',
      'field-invalid',
      'authorization-data-invalid',
      'repeat-differs',
      'reversed-before',
      'payment-used',
      'request-used',
      'slot-used',
      'count-not-grown',
      'above-key-day-limit',
      'above-key-day-count',
    ]
    expect([...faults.map(([refusal]) => refusal), ...decidedElsewhere].toSorted()).toEqual(Object.keys(refusalCodes).toSorted())
  })
})

// The later fault overwrites the very member in which the earlier one lay.
function isHidden(earlier: Refusal, later: Refusal): boolean {
  const overwritten: readonly (readonly [Refusal, Refusal])[] = [
    ['token-deleted', 'token-not-active'],
    ['message-expired', 'message-from-the-future'],
    ['page-not-registered', 'other-credential'],
  ]
  return overwritten.some(([first, second]) => first === earlier && second === later)
}

import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto'
import { deriveCardAcceptorId } from '@symbolon/contracts/payment-request'
import type { KeyProtection } from '@symbolon/contracts/key-protection'
import { utf8ToBytes } from '@symbolon/formats/bytes'
import { beforeEach, describe, expect, it } from 'vitest'
import { createAccountVault } from '../adapters/account-vault.ts'
import { deriveExchangeId } from '../adapters/exchange-id.ts'
import { createSignatureVerifier } from '../adapters/signatures.ts'
import { defaultKeyLimits, type KeyLimits } from '../rules/key-limits.ts'
import type { AuthorizationDependencies } from './authorization-dependencies.ts'
import { createMemoryAuthorizationStore } from './authorization-store.fake.ts'
import type { StoredToken } from './authorization-store.ts'
import { createAuthorize, type Received } from './authorize.ts'
import { encodePay, signAsPasskey, type PasskeyWords } from './device.fake.ts'

const now = 1_800_000_000
const deviceOrigin = 'https://device.example'
const chatOrigin = 'https://chat.example'
const id = (byte: number): Uint8Array => new Uint8Array(16).fill(byte)
const joint = generateKeyPairSync('ed25519')
const passkeys = { es256: generateKeyPairSync('ec', { namedCurve: 'P-256' }), eddsa: generateKeyPairSync('ed25519') }
const vault = createAccountVault({ vault: new Uint8Array(32).fill(1), lookup: new Uint8Array(32).fill(2) })
const honest: PasskeyWords = {
  host: 'device.example',
  flags: 0x05,
  count: 1,
  clientData: { origin: deviceOrigin, crossOrigin: true, topOrigin: chatOrigin },
}
const spki = (key: KeyObject): Uint8Array => new Uint8Array(key.export({ format: 'der', type: 'spki' }))
const token = (publicKey: KeyObject, keyProtection: KeyProtection): StoredToken => ({
  tokenReferenceId: id(2),
  walletId: id(1),
  state: 'active',
  tokenExpiry: '3101',
  cardExpiry: '2712',
  channels: [1],
  deviceKeyKind: 1,
  keyProtection,
  limitedUntil: undefined,
  operatorId: id(7),
  jointPublicKey: spki(joint.publicKey).slice(12),
  deviceKey: spki(publicKey),
  accountKey: vault.deriveAccountKey('4111111111111111'),
  sealedAccount: vault.seal('4111111111111111'),
})

type Payment = {
  readonly words?: Partial<PasskeyWords>
  readonly key?: KeyObject
  readonly amount?: bigint
  readonly challengeFor?: Uint8Array
  readonly deviceSignature?: Uint8Array
  readonly kind?: number
}

let number: number
let authorize: ReturnType<typeof createAuthorize>
let refusals: string[]
let clock: number

function start(stored: StoredToken, keyLimits: KeyLimits = defaultKeyLimits): void {
  let trace = 0
  const deps: AuthorizationDependencies = {
    store: createMemoryAuthorizationStore([stored]),
    vault,
    host: {
      send: async ({ fields }) => ({
        kind: 'answered',
        answer: {
          messageType: '0210',
          fields: { responseCode: '00', authorizationIdResponse: '123456', retrievalReferenceNumber: fields.retrievalReferenceNumber },
        },
      }),
    },
    signatures: createSignatureVerifier([deviceOrigin]),
    keyLimits,
    newBindingLimits: new Map(),
    chatOriginsOf: (operatorId) => (operatorId[0] === 7 ? [chatOrigin] : []),
    now: () => clock,
    nextTraceNumber: () => String((trace += 1)).padStart(6, '0'),
    deriveExchangeId,
    wakeReversals: () => undefined,
    report: (refusal) => refusals.push(refusal),
  }
  authorize = createAuthorize(deps)
}

function payment({ words = {}, key = passkeys.es256.privateKey, amount = 12_000n, ...change }: Payment = {}): Received {
  number += 1
  const message = encodePay({
    walletId: id(1),
    tokenReferenceId: id(2),
    slotHash: new Uint8Array(32).fill(number),
    paymentAttemptId: id(number),
    merchantId: id(5),
    requestHash: new Uint8Array(32).fill(number),
    amountMinorUnits: amount,
    currencyNumeric: 410,
    instalmentMonths: 0,
    expiresAt: clock + 60,
    channel: 1,
  })
  const stan = String(number).padStart(6, '0')
  const signed = signAsPasskey(key, change.challengeFor ?? message, { ...honest, count: number, ...words })
  return {
    digest: utf8ToBytes(stan),
    request: {
      key: {
        transmissionDateTime: '0115080000',
        systemsTraceAuditNumber: stan,
        acquiringInstitutionId: '00000423935',
        retrievalReferenceNumber: `701508${stan}`,
      },
      processingCode: '000000',
      amountMinorUnits: amount,
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
        retrievalReferenceNumber: `701508${stan}`,
        cardAcceptorTerminalId: 'SYMB0001',
        cardAcceptorId: deriveCardAcceptorId(id(5)),
        cardAcceptorNameLocation: 'A SHOP'.padEnd(40),
      },
      data: {
        tokenReferenceId: id(2),
        message,
        signature: new Uint8Array(sign(null, message, joint.privateKey)),
        deviceKeyKind: change.kind ?? 1,
        deviceSignature: change.deviceSignature ?? signed,
      },
    },
  }
}

const pay = async (change: Payment = {}): Promise<string | undefined> => (await authorize(payment(change)))?.responseCode
const clientData = (change: Readonly<Record<string, unknown>>): Partial<PasskeyWords> => ({
  clientData: { ...honest.clientData, ...change },
})

beforeEach(() => {
  number = 0
  refusals = []
  clock = now
  start(token(passkeys.es256.publicKey, 'passkey-device-bound'))
})

describe('a payment signed by a passkey', () => {
  it('is approved, with ES256 and with EdDSA', async () => {
    expect(await pay()).toBe('00')
    start(token(passkeys.eddsa.publicKey, 'passkey-device-bound'))
    expect(await pay({ key: passkeys.eddsa.privateKey })).toBe('00')
  })

  it.each<[string, Payment, string]>([
    ['of another page of the browser', { words: clientData({ origin: 'https://evil.example' }) }, 'device-signature-wrong'],
    ['for another relying party', { words: { host: 'evil.example' } }, 'device-signature-wrong'],
    ['with nobody there', { words: { flags: 0x04 } }, 'device-signature-wrong'],
    ['with nobody verified', { words: { flags: 0x01 } }, 'device-signature-wrong'],
    ['with flags that contradict each other', { words: { flags: 0x15 } }, 'device-signature-wrong'],
    ['made for another message', { challengeFor: new Uint8Array(187) }, 'device-signature-wrong'],
    ['of another key', { key: generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey }, 'device-signature-wrong'],
    ['that overrides its challenge', { words: clientData({ challenge: 'AAAA' }) }, 'device-signature-wrong'],
    ['that is a registration', { words: clientData({ type: 'webauthn.create' }) }, 'device-signature-wrong'],
    ['that is no assertion', { deviceSignature: new Uint8Array(64) }, 'device-signature-wrong'],
    ['called a software signature', { kind: 0 }, 'device-key-kind-differs'],
    ['outside of any frame', { words: clientData({ crossOrigin: false }) }, 'page-not-registered'],
    ['in a page that does not say its name', { words: clientData({ topOrigin: undefined }) }, 'page-not-registered'],
    ['in the page of a stranger', { words: clientData({ topOrigin: 'https://evil.example' }) }, 'page-not-registered'],
    ['by a key that may be copied now', { words: { flags: 0x0d } }, 'other-credential'],
  ])('is refused with 63: an assertion %s', async (_, change, refusal) => {
    expect(await pay(change)).toBe('63')
    expect(refusals).toEqual([refusal])
  })

  it('is refused when its counter did not grow, which two authenticators with one key cannot avoid', async () => {
    expect(await pay({ words: { count: 9 } })).toBe('00')
    for (const count of [9, 8, 0]) expect(await pay({ words: { count } }), `count ${count}`).toBe('63')
    expect(await pay({ words: { count: 10 } })).toBe('00')
    expect(refusals).toEqual(['count-not-grown', 'count-not-grown', 'count-not-grown'])
  })

  it('is approved again and again when the authenticator does not count', async () => {
    for (const count of [0, 0, 0]) expect(await pay({ words: { count } })).toBe('00')
  })

  it('is approved once: the same bytes get the same answer, in another exchange they are a duplicate', async () => {
    const first = payment()
    expect(await authorize(first)).toMatchObject({ responseCode: '00' })
    expect(await authorize(first)).toMatchObject({ responseCode: '00' })
    const { key } = first.request
    const replayed = { ...first.request, key: { ...key, systemsTraceAuditNumber: '000900', retrievalReferenceNumber: '701508000900' } }
    expect(await authorize({ digest: utf8ToBytes('replayed'), request: replayed })).toEqual({ responseCode: '94' })
  })
})

describe('what a key may pay', () => {
  it.each<[KeyProtection, number, bigint]>([
    ['passkey-synced', 0x0d, 300_000n],
    ['passkey-device-bound', 0x05, 1_000_000n],
    ['passkey-attested', 0x05, 3_000_000n],
  ])('hangs on what protects it: %s', async (keyProtection, flags, most) => {
    start(token(passkeys.es256.publicKey, keyProtection))
    expect(await pay({ amount: most, words: { flags } })).toBe('00')
    expect(await pay({ amount: most + 1n, words: { flags } })).toBe('61')
    expect(refusals).toEqual(['above-key-limit'])
  })

  it('is counted over a day, by amount and by number; a refusal counts for nothing', async () => {
    for (let count = 0; count < 3; count += 1) expect(await pay({ amount: 1_000_000n })).toBe('00')
    expect(await pay({ amount: 1n })).toBe('61')
    clock = now + 86_400
    expect(await pay({ amount: 1n })).toBe('00')
    const few = { ...defaultKeyLimits['passkey-device-bound'], paymentsPerDay: 2 }
    start(token(passkeys.es256.publicKey, 'passkey-device-bound'), { ...defaultKeyLimits, 'passkey-device-bound': few })
    expect([await pay(), await pay({ words: { host: 'evil.example' } }), await pay(), await pay()]).toEqual(['00', '63', '00', '65'])
    expect(refusals).toEqual(['above-key-day-limit', 'device-signature-wrong', 'above-key-day-count'])
  })
})

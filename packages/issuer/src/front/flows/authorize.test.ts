import { generateKeyPairSync, sign } from 'node:crypto'
import { deriveCardAcceptorId } from '@symbolon/contracts/payment-request'
import { encodeDeviceSignatureInput } from '@symbolon/custody/issuer'
import { utf8ToBytes } from '@symbolon/formats/bytes'
import type { IsoMessage } from '@symbolon/formats/iso8583'
import { beforeEach, describe, expect, it } from 'vitest'
import { createAccountVault } from '../adapters/account-vault.ts'
import { createSignatureVerifier } from '../adapters/signatures.ts'
import type { AuthorizationRequest } from '../rules/authorization-request.ts'
import { defaultKeyLimits } from '../rules/key-limits.ts'
import { deriveExchangeId } from '../adapters/exchange-id.ts'
import type { AuthorizationDependencies, HostLink } from './authorization-dependencies.ts'
import { createMemoryAuthorizationStore } from './authorization-store.fake.ts'
import type { StoredToken } from './authorization-store.ts'
import { createAuthorize, type AuthorizationAnswer } from './authorize.ts'
import { encodePay } from './device.fake.ts'
import { forwardReversal } from './forward-reversals.ts'
import { reverse } from './reverse.ts'

const now = 1_800_000_000
const deviceOrigin = 'http://localhost:8401'
const chatOrigin = 'http://127.0.0.1:8400'
const pan = '4111111111111111'
const id = (byte: number): Uint8Array => new Uint8Array(16).fill(byte)
const joint = generateKeyPairSync('ed25519')
const device = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const vault = createAccountVault({ vault: new Uint8Array(32).fill(1), lookup: new Uint8Array(32).fill(2) })
const token: StoredToken = {
  tokenReferenceId: id(2),
  walletId: id(1),
  state: 'active',
  tokenExpiry: '3101',
  limitedUntil: undefined,
  cardExpiry: '2712',
  channels: [1],
  deviceKeyKind: 0,
  keyProtection: 'browser-storage',
  operatorId: id(7),
  jointPublicKey: new Uint8Array(joint.publicKey.export({ format: 'der', type: 'spki' }).subarray(12)),
  deviceKey: new Uint8Array(device.publicKey.export({ format: 'der', type: 'spki' })),
  accountKey: vault.deriveAccountKey(pan),
  sealedAccount: vault.seal(pan),
}

type Change = {
  readonly stan?: string
  readonly payId?: number
  readonly slot?: number
  readonly request?: number
  readonly amount?: bigint
}

function createReceived(change: Change = {}): { readonly request: AuthorizationRequest; readonly digest: Uint8Array } {
  const { stan = '000001', amount = 12_000n } = change
  const message = encodePay({
    walletId: id(1),
    tokenReferenceId: id(2),
    slotHash: new Uint8Array(32).fill(change.slot ?? 3),
    paymentAttemptId: id(change.payId ?? 4),
    merchantId: id(5),
    requestHash: new Uint8Array(32).fill(change.request ?? 6),
    amountMinorUnits: amount,
    currencyNumeric: 410,
    instalmentMonths: 0,
    expiresAt: now + 60,
    channel: 1,
  })
  const key = { transmissionDateTime: '0115080000', acquiringInstitutionId: '00000423935', retrievalReferenceNumber: `701508${stan}` }
  const request: AuthorizationRequest = {
    key: { ...key, systemsTraceAuditNumber: stan },
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
      retrievalReferenceNumber: key.retrievalReferenceNumber,
      cardAcceptorTerminalId: 'SYMB0001',
      cardAcceptorId: deriveCardAcceptorId(id(5)),
      cardAcceptorNameLocation: 'A SHOP'.padEnd(40),
    },
    data: {
      tokenReferenceId: id(2),
      message,
      signature: new Uint8Array(sign(null, message, joint.privateKey)),
      deviceKeyKind: 0,
      deviceSignature: new Uint8Array(
        sign('sha256', encodeDeviceSignatureInput(message), { key: device.privateKey, dsaEncoding: 'ieee-p1363' }),
      ),
    },
  }
  return { request, digest: utf8ToBytes(JSON.stringify(change)) }
}

const approve = (message: IsoMessage): Awaited<ReturnType<HostLink['send']>> => ({
  kind: 'answered',
  answer: {
    messageType: message.messageType.startsWith('04') ? '0430' : '0210',
    fields: {
      responseCode: '00',
      authorizationIdResponse: '123456',
      retrievalReferenceNumber: message.fields.retrievalReferenceNumber,
      transactionAmount: message.fields.transactionAmount,
    },
  },
})
const decline = (message: IsoMessage): Awaited<ReturnType<HostLink['send']>> => ({
  kind: 'answered',
  answer: { messageType: '0210', fields: { responseCode: '51', retrievalReferenceNumber: message.fields.retrievalReferenceNumber } },
})

let hostAnswers: (message: IsoMessage) => ReturnType<HostLink['send']> | Awaited<ReturnType<HostLink['send']>>
let heard: IsoMessage[]
let store: ReturnType<typeof createMemoryAuthorizationStore>
let deps: AuthorizationDependencies
let authorize: ReturnType<typeof createAuthorize>
let clock: number
const outcomes = async (): Promise<readonly string[]> =>
  (await store.journal(0, 100)).map((entry) => `${entry.outcome} ${entry.responseCode}`)

beforeEach(() => {
  hostAnswers = approve
  heard = []
  clock = now
  store = createMemoryAuthorizationStore([token])
  let trace = 0
  deps = {
    store,
    vault,
    host: {
      send: async (message) => {
        heard.push(message)
        return hostAnswers(message)
      },
    },
    signatures: createSignatureVerifier([deviceOrigin]),
    keyLimits: defaultKeyLimits,
    chatOriginsOf: (operatorId) => (operatorId[0] === 7 ? [chatOrigin] : []),
    now: () => clock,
    nextTraceNumber: () => String((trace += 1)).padStart(6, '0'),
    deriveExchangeId,
    newBindingLimits: new Map([['410', 300_000n]]),
    wakeReversals: () => undefined,
    report: () => undefined,
  }
  authorize = createAuthorize(deps)
})

const reversalOf = ({ request }: ReturnType<typeof createReceived>): Parameters<typeof reverse>[1] => ({
  original: request.key,
  amountMinorUnits: request.amountMinorUnits,
  currencyNumeric: '410',
})

describe('a payment on its way to the host', () => {
  it('is approved with the number of the host, which hears the account and nothing of a wallet', async () => {
    expect(await authorize(createReceived())).toEqual({ responseCode: '00', authorizationId: '123456' })
    expect(heard).toHaveLength(1)
    expect(heard[0]?.fields).toMatchObject({ primaryAccountNumber: pan, expirationDate: '2712', systemsTraceAuditNumber: '000001' })
    expect(heard[0]?.fields.additionalData).toBeUndefined()
    expect(await outcomes()).toEqual(['approved 00'])
  })

  it('is declined as the host says', async () => {
    hostAnswers = decline
    expect(await authorize(createReceived())).toEqual({ responseCode: '51' })
    expect(await outcomes()).toEqual(['declined 51'])
    expect(store.reversals).toEqual([])
  })

  it('gets the same answer again, also while the first is with the host, and the host hears of it once', async () => {
    const answers = await Promise.all([authorize(createReceived()), authorize(createReceived())])
    answers.push(await authorize(createReceived()))
    expect(answers).toEqual(Array.from({ length: 3 }, () => ({ responseCode: '00', authorizationId: '123456' })))
    expect(heard).toHaveLength(1)
  })

  it('is a duplicate when the same STAN and RRN say something else', async () => {
    const other = { ...createReceived(), digest: utf8ToBytes('another') }
    const answers = await Promise.all([authorize(createReceived()), authorize(other)])
    expect(answers.map((answer) => answer?.responseCode)).toEqual(['00', '94'])
    expect(await authorize(other)).toEqual({ responseCode: '94' })
  })

  it.each<[string, Change]>([
    ['payment', { slot: 8, request: 8 }],
    ['request of the merchant', { slot: 8, payId: 8 }],
    ['slot', { payId: 8, request: 8 }],
  ])('is refused when its %s was used, and the host never hears of it', async (_name, change) => {
    await authorize(createReceived())
    expect(await authorize(createReceived({ stan: '000002', ...change }))).toEqual({ responseCode: '94' })
    expect(await authorize(createReceived({ stan: '000003', payId: 8, slot: 8, request: 8 }))).toMatchObject({ responseCode: '00' })
    expect(heard).toHaveLength(2)
  })

  it('uses nothing up when it is refused', async () => {
    const received = createReceived()
    const tampered = { ...received, request: { ...received.request, amountMinorUnits: 1n } }
    expect(await authorize(tampered)).toEqual({ responseCode: '63' })
    expect(await authorize(createReceived({ stan: '000002' }))).toMatchObject({ responseCode: '00' })
    expect(await outcomes()).toEqual(['declined 63', 'approved 00'])
  })

  it.each<[string, (request: AuthorizationRequest) => AuthorizationRequest, string]>([
    ['a flipped bit in the joint signature', (r) => ({ ...r, data: { ...r.data, signature: flip(r.data.signature) } }), '63'],
    ['a flipped bit in the device signature', (r) => ({ ...r, data: { ...r.data, deviceSignature: flip(r.data.deviceSignature) } }), '63'],
    ['a flipped bit in the message', (r) => ({ ...r, data: { ...r.data, message: flip(r.data.message) } }), '63'],
    ['a message that is none', (r) => ({ ...r, data: { ...r.data, message: new Uint8Array(120) } }), '12'],
    ['an unknown token', (r) => ({ ...r, data: { ...r.data, tokenReferenceId: id(9) } }), '14'],
    ['another currency', (r) => ({ ...r, currencyNumeric: '840' }), '63'],
    ['another shop', (r) => ({ ...r, cardAcceptorId: deriveCardAcceptorId(id(9)) }), '63'],
  ])('is refused with %s', async (_name, change, responseCode) => {
    const received = createReceived()
    expect(await authorize({ ...received, request: change(received.request) })).toEqual({ responseCode })
    expect(heard).toEqual([])
  })

  it('is refused a minute after it expired', async () => {
    clock = now + 119
    expect(await authorize(createReceived())).toMatchObject({ responseCode: '00' })
    clock = now + 120
    expect(await authorize(createReceived({ stan: '000002', payId: 8, slot: 8, request: 8 }))).toEqual({ responseCode: '68' })
  })
})

describe('a host that does not answer', () => {
  it('gets a reversal, repeated as 0421 until it answers, and link hears 91', async () => {
    hostAnswers = () => ({ kind: 'unanswered' })
    expect(await authorize(createReceived())).toEqual({ responseCode: '91' })
    expect(await outcomes()).toEqual(['declined 91'])
    expect([await forwardReversal(deps), await forwardReversal(deps)]).toEqual(['waiting', 'waiting'])
    hostAnswers = approve
    expect([await forwardReversal(deps), await forwardReversal(deps)]).toEqual(['settled', 'none'])
    expect(heard.map((message) => message.messageType)).toEqual(['0200', '0420', '0421', '0421'])
    expect(heard[1]?.fields.originalDataElements?.slice(0, 10)).toBe('0200000001')
    expect(await authorize(createReceived())).toEqual({ responseCode: '91' })
  })

  it('is not reversed when nothing left for it', async () => {
    hostAnswers = () => ({ kind: 'unsent' })
    expect(await authorize(createReceived())).toEqual({ responseCode: '91' })
    expect(store.reversals).toEqual([])
  })

  it('is reversed when its approval cannot be used', async () => {
    hostAnswers = (message) => {
      const exchange = approve(message)
      return exchange.kind === 'answered'
        ? { ...exchange, answer: { ...exchange.answer, fields: { ...exchange.answer.fields, transactionAmount: '000000000001' } } }
        : exchange
    }
    expect(await authorize(createReceived())).toEqual({ responseCode: '96' })
    expect(store.reversals).toHaveLength(1)
  })
})

describe('a reversal of link', () => {
  it('takes an approval back at the host, once, and a repeat of the payment does not hear of the approval', async () => {
    await authorize(createReceived())
    await reverse(deps, reversalOf(createReceived()))
    await reverse(deps, reversalOf(createReceived()))
    expect([await forwardReversal(deps), await forwardReversal(deps)]).toEqual(['settled', 'none'])
    expect(await outcomes()).toEqual(['approved 00', 'reversed 00'])
    expect(await authorize(createReceived())).toEqual({ responseCode: '68' })
  })

  it('is remembered for an original that comes later', async () => {
    await reverse(deps, reversalOf(createReceived()))
    expect(await authorize(createReceived())).toEqual({ responseCode: '68' })
    expect(heard).toEqual([])
    expect(store.reversals).toEqual([])
  })

  it('wins over an answer of the host that is still on its way', async () => {
    let answer: (value: Awaited<ReturnType<HostLink['send']>>) => void = () => undefined
    let isAsked: () => void = () => undefined
    const asked = new Promise<void>((resolve) => (isAsked = resolve))
    hostAnswers = () => {
      isAsked()
      return new Promise((resolve) => (answer = resolve))
    }
    const pending: Promise<AuthorizationAnswer | undefined> = authorize(createReceived())
    await asked
    await reverse(deps, reversalOf(createReceived()))
    answer(approve(heard[0] ?? { messageType: '', fields: {} }))
    expect(await pending).toBeUndefined()
    expect(await outcomes()).toEqual(['reversed 00'])
    expect(store.reversals).toHaveLength(1)
  })

  it('of a decline reaches the host as well, and one of a refusal does not', async () => {
    hostAnswers = decline
    await authorize(createReceived())
    await reverse(deps, reversalOf(createReceived()))
    expect(store.reversals).toHaveLength(1)
    expect(await outcomes()).toEqual(['declined 51', 'reversed 51'])
    const refused = createReceived({ stan: '000002' })
    await authorize(refused)
    await reverse(deps, reversalOf(refused))
    expect(store.reversals).toHaveLength(1)
    expect((await outcomes()).slice(2)).toEqual(['declined 94', 'reversed 94'])
  })
})

describe('a front that starts again', () => {
  it('reverses what was sent and not answered, and says 91 to a repeat', async () => {
    hostAnswers = () => new Promise(() => undefined)
    void authorize(createReceived())
    await expect.poll(() => heard.length).toBe(1)
    const again = createAuthorize(deps)
    expect(await again(createReceived())).toBeUndefined()
    expect(await store.recoverUnfinished()).toBe(1)
    expect(await again(createReceived())).toEqual({ responseCode: '91' })
    hostAnswers = approve
    expect(await forwardReversal(deps)).toBe('settled')
  })
})

function flip(bytes: Uint8Array): Uint8Array {
  return bytes.map((byte, index) => (index === 60 ? byte ^ 1 : byte))
}

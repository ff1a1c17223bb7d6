import { createHash, randomBytes } from 'node:crypto'
import { problemCodes, type Problem } from '@symbolon/contracts/problems'
import { createWalletSdk, type DeviceKey, type TransportAnswer, type TransportRequest, type WalletSdk } from '@symbolon/device'
import { createMemoryDeviceKey } from '@symbolon/device/memory'
import { base64urlToBytes, bytesToBase64url } from '@symbolon/formats/bytes'
import type { Result } from '@symbolon/formats/result'
import { operatorId, portOverFlows, startTestVault, type TestVault, type VaultPort } from '@symbolon/testing/vault'
import { createDeviceFiles, type DeviceFiles, type FileImage } from './device-files.ts'
import { startIssuerAndShop, testCard, type IssuerAndShop } from './issuer-and-shop.ts'

/** One message of a wallet with the operator, as a listener in the middle of the operator has it. */
export type WireMessage = { readonly path: string; readonly sent: Uint8Array; readonly answered: Uint8Array | undefined }

/**
 * The product's device SDK and the product's vault in one process, with the operator's forwarding, an issuer and a shop between them.
 * The clock is the drill's: waiting moves it.
 */
export type WalletWorld = {
  readonly vault: TestVault
  readonly wire: readonly WireMessage[]
  readonly parties: IssuerAndShop
  /** A device with a wallet, made or copied. A copied one has the same device key: kind 0 is software. */
  startDevice(from?: { readonly image: FileImage; readonly deviceKey: DeviceKey }): Promise<WorldDevice>
}

export type WorldDevice = {
  readonly sdk: WalletSdk
  readonly deviceKey: DeviceKey
  readonly files: DeviceFiles
  /** Creates the wallet and enrols a card, so that it can pay. */
  enrol(pin: string): Promise<void>
  /** One purchase; answers what the SDK says of it, and waits until the next epoch is settled. */
  pay(pin: string): Promise<string>
}

export type Tap = (deps: TestVault['deps']) => Partial<TestVault['deps']>

/** `tap` is what a hostile operator changes in its own vault to see more. */
export async function startWalletWorld(tap: Tap = () => ({})): Promise<WalletWorld> {
  const started = await startTestVault({ limits: { opensPerMinute: 100_000 } })
  const deps = { ...started.deps, ...tap(started.deps) }
  const vault: TestVault = { ...started, deps, port: portOverFlows(deps) }
  const { vaultPublicKey, nowSeconds } = vault
  const parties = await startIssuerAndShop({ vaultPublicKey, operatorId, nowSeconds })
  const wire: WireMessage[] = []
  const transport = async (request: TransportRequest): Promise<TransportAnswer> =>
    parties.answer(request) ?? (await forward({ port: vault.port, parties, wire }, request))
  return {
    vault,
    wire,
    parties,
    startDevice: async (from) => {
      const files = createDeviceFiles(from?.image)
      const deviceKey = from?.deviceKey ?? createMemoryDeviceKey()
      const sdk = await createWalletSdk({
        directory: parties.directory,
        storage: files.storage,
        deviceKey,
        transport,
        clock: clockOf(vault),
        randomBytes: (size) => new Uint8Array(randomBytes(size)),
        stretchPin: async (pin, salt) => stretchFreely(pin, salt),
      })
      return { sdk, deviceKey, files, ...verbsOf(sdk, parties) }
    },
  }
}

/** The slow hash replaced by one that costs nothing: how long a search takes decides nothing about whether one is possible. */
export function stretchFreely(pin: string, pinSalt: Uint8Array): Uint8Array {
  return new Uint8Array(createHash('sha256').update(pinSalt).update(pin).digest())
}

function clockOf({ time, nowSeconds }: TestVault) {
  return {
    nowSeconds,
    monotonicMs: () => time.nowMs,
    wait: async (milliseconds: number) => {
      time.nowMs += milliseconds
    },
  }
}

function verbsOf(sdk: WalletSdk, parties: IssuerAndShop): Pick<WorldDevice, 'enrol' | 'pay'> {
  return {
    enrol: async (pin) => {
      need(await sdk.createWallet(pin))
      const started = need(await sdk.startCardEnrolment(testCard, pin))
      if (started.kind !== 'submitted') throw new Error('the card is not submitted')
      need(await sdk.refreshEnrolment(started.enrolment.card.enrolmentId))
      need(await sdk.preparePayment())
    },
    pay: async (pin) => {
      const outcome = await sdk.confirmPayment(parties.order(), { pin, instalmentMonths: 0 })
      // In turn behind what the SDK does in the background: the new epoch is settled once this has been answered.
      await sdk.preparePayment()
      return outcome.ok ? outcome.value.kind : outcome.problem.code
    },
  }
}

/** The value of a step that the drill needs for its setting; the attack has not begun. */
export function need<Value>(result: Result<Value, Problem>): Value {
  if (!result.ok) throw new Error(`the setting of the drill failed: ${result.problem.code}`)
  return result.value
}

type Operator = { readonly port: VaultPort; readonly parties: IssuerAndShop; readonly wire: WireMessage[] }

/** What edge does for a wallet, without holds and links: these drills are about the two halves. */
async function forward(operator: Operator, { url, body }: TransportRequest): Promise<TransportAnswer> {
  const path = new URL(url).pathname.split('/').slice(2)
  const [room, id = '', verb, attemptId] = path
  const members = readMembers(body)
  if (room === 'checkout') return answerCheckout(operator.parties, id)
  if (verb === 'attempts') return answerAttempt(operator.parties, attemptId ?? '')
  if (verb === 'tokens') return { status: 200, body: {} }
  const sent = base64urlToBytes(members['message'] ?? members['sealed'] ?? '')
  const answer = await askVault(operator, { id, verb, sent, paymentId: members['paymentId'] })
  const answered = readMembers(answer.body)
  const bytes = answered['message'] ?? answered['done'] ?? answered['offer']
  operator.wire.push({ path: path.join('/'), sent, answered: bytes === undefined ? undefined : base64urlToBytes(bytes) })
  return answer
}

type Call = { readonly id: string; readonly verb: string | undefined; readonly sent: Uint8Array; readonly paymentId: string | undefined }

async function askVault(operator: Operator, { id, verb, sent, paymentId }: Call): Promise<TransportAnswer> {
  const { port } = operator
  if (id === '') {
    return toAnswer(await port.offer(), ({ walletId, offer }) => ({ walletId, offer: bytesToBase64url(offer) }))
  }
  switch (verb) {
    case undefined:
      return toAnswer(await port.accept(id, sent), () => ({ walletId: id }))
    case 'open':
      return toAnswer(await port.open(id, sent), (slot) => ({ message: bytesToBase64url(slot) }))
    case 'alarm':
      return toAnswer(await port.alarm(id, sent), () => ({}))
    default:
      return await payThrough(operator, { id, sent, paymentId })
  }
}

async function payThrough({ port, parties }: Operator, call: Omit<Call, 'verb'>): Promise<TransportAnswer> {
  const checked = await port.check(call.id, call.sent)
  if (!checked.ok) return refuse(checked.problem)
  const purchase = call.paymentId === undefined ? undefined : parties.purchases.get(call.paymentId)
  const shown = (): object => (purchase === undefined ? {} : { payment: purchase.payment })
  if (checked.value.outcome === 'repeated') return { status: 200, body: { done: checked.value.done, ...shown() } }
  const signed = await port.sign(call.id, checked.value.handle)
  if (!signed.ok) return refuse(signed.problem)
  if (signed.value.outcome === 'signed' && purchase !== undefined) {
    purchase.attemptId = checked.value.terms.paymentAttemptId
    purchase.payment = { ...purchase.payment, version: 2, state: 'captured' }
  }
  return { status: 200, body: { done: signed.value.done, ...shown() } }
}

function answerCheckout({ purchases }: IssuerAndShop, paymentId: string): TransportAnswer {
  const found = purchases.get(paymentId)
  return found === undefined
    ? refuse({ code: 'REQUEST_NOT_FOUND' })
    : { status: 200, body: { payment: found.payment, request: found.request } }
}

function answerAttempt({ purchases }: IssuerAndShop, attemptId: string): TransportAnswer {
  const found = [...purchases.values()].find((purchase) => purchase.attemptId === attemptId)
  return found === undefined ? refuse({ code: 'REQUEST_NOT_FOUND' }) : { status: 200, body: found.payment }
}

function toAnswer<Value>(result: Result<Value, Problem>, body: (value: Value) => object): TransportAnswer {
  return result.ok ? { status: 200, body: body(result.value) } : refuse(result.problem)
}

function refuse(problem: Problem): TransportAnswer {
  const { status, title, retry } = problemCodes[problem.code]
  return { status, body: { type: `/problems/${problem.code}`, title, status, requestId: 'drill', retry, ...problem } }
}

function readMembers(body: unknown): Readonly<Record<string, string>> {
  const entries = typeof body === 'object' && body !== null ? Object.entries(body) : []
  return Object.fromEntries(entries.flatMap(([name, value]: [string, unknown]) => (typeof value === 'string' ? [[name, value]] : [])))
}

/** Counts of a wallet at the vault: what an attack may not have moved. */
export function standingOf(vault: TestVault, walletId: string) {
  const stored = vault.memory.wallets.get(walletId)?.stored
  if (stored === undefined) throw new Error('the vault knows the wallet')
  return { tries: stored.tries, counter: stored.counter, frozen: stored.frozen, signed: vault.memory.signed.get(walletId)?.length ?? 0 }
}

import type { Payment } from '@symbolon/contracts/merchant-api'
import type { SignedMessage } from '@symbolon/contracts/planes'
import type { TransportAnswer, TransportRequest } from '@symbolon/device'
import { base64urlToBytes, bytesToBase64url } from '@symbolon/formats/bytes'
import { Fault, type Result } from '@symbolon/formats/result'
import type { Problem } from '@symbolon/contracts/problems'
import { findAttempt } from '@symbolon/operator-vault/flows'
import { refuse, type World } from '../wallet/world.ts'
import type { TestVault } from '../vault/test-vault.ts'
import type { Faults } from './faults.ts'
import type { Issuer } from './issuer.ts'

/** The operator beside its vault: it relays the device's messages and takes to the issuer what was signed, at once or later. */
export type Edge = {
  answer(request: TransportRequest): Promise<TransportAnswer>
  /** What the outbox and the sweeper do between two calls. */
  sweep(): Promise<void>
}
type EdgeDependencies = {
  readonly world: World
  readonly vault: () => TestVault
  readonly issuer: Issuer
  readonly faults: Faults
}
type Held = { readonly walletId: string; readonly attemptId: string; readonly paymentId: string }

export function createEdge({ world, vault, issuer, faults }: EdgeDependencies): Edge {
  const holds: Held[] = []
  const outbox: { readonly held: Held; readonly signed: SignedMessage }[] = []

  const setState = (paymentId: string, state: Payment['state'], attemptId?: string): void => {
    const found = world.payments.get(paymentId)
    if (found === undefined) return
    const payment = { ...found.payment, version: found.payment.version + 1, state }
    world.payments.set(paymentId, { ...found, payment, ...(attemptId === undefined ? {} : { attemptId }) })
  }
  const send = (held: Held, signed: SignedMessage, mayBeLate: boolean): void => {
    setState(held.paymentId, 'authorizing', held.attemptId)
    if (mayBeLate && faults.strikes('issuer late')) return void outbox.push({ held, signed })
    setState(held.paymentId, issuer.authorize(signed) ? 'captured' : 'declined', held.attemptId)
  }
  const release = (held: Held): void => void holds.splice(holds.indexOf(held), 1)
  // Whether a message was signed is asked of the vault itself: its word there is final.
  const resolve = async (held: Held): Promise<void> => {
    const found = await findAttempt(vault().deps, held.walletId, held.attemptId)
    release(held)
    if (found.outcome === 'signed') send(held, found.signed, false)
  }
  const pay = async (walletId: string, message: Uint8Array, paymentId: string | undefined): Promise<TransportAnswer> => {
    const checked = await vault().port.check(walletId, message)
    if (!checked.ok) return refuse(checked.problem.code)
    if (checked.value.outcome === 'repeated') return await repeat(checked.value.done, checked.value.paymentAttemptId, paymentId)
    const { terms, handle } = checked.value
    const order = paymentId === undefined ? undefined : world.payments.get(paymentId)
    if (paymentId !== undefined && order?.payment.state !== 'requires_confirmation') return refuse('PAYMENT_STATE_CONFLICT')
    // As edge does: while nobody knows whether it was signed, a purchase is not signed again.
    if (holds.some((each) => each.paymentId === paymentId)) return refuse('PAYMENT_CONFIRMATION_RUNNING')
    const held = paymentId === undefined ? undefined : { walletId, attemptId: terms.paymentAttemptId, paymentId }
    if (held !== undefined) holds.push(held)
    const answered = await vault().port.sign(walletId, handle)
    if (held !== undefined) release(held)
    if (!answered.ok) return refuse(answered.problem.code)
    if (answered.value.outcome === 'signed' && held !== undefined) send(held, answered.value.signed, true)
    return done(answered.value.done, paymentId)
  }
  const repeat = async (sealed: string, attemptId: string, paymentId: string | undefined): Promise<TransportAnswer> => {
    const held = holds.find((each) => each.attemptId === attemptId)
    if (held !== undefined) await resolve(held)
    return done(sealed, paymentId)
  }
  const done = (sealed: string, paymentId: string | undefined): TransportAnswer => {
    const payment = paymentId === undefined ? undefined : world.payments.get(paymentId)?.payment
    return { status: 200, body: payment === undefined ? { done: sealed } : { done: sealed, payment } }
  }
  const attempt = async (attemptId: string): Promise<TransportAnswer> => {
    const held = holds.find((each) => each.attemptId === attemptId)
    if (held !== undefined) await resolve(held)
    const found = [...world.payments.values()].find((each) => each.attemptId === attemptId)
    return found === undefined ? refuse('REQUEST_NOT_FOUND') : { status: 200, body: found.payment }
  }
  return {
    answer: (request) => answerRoute(request, { vault, pay, attempt }),
    async sweep() {
      for (const { held, signed } of outbox.splice(0)) send(held, signed, true)
      for (const held of holds.slice()) await resolve(held)
    },
  }
}

type Routes = {
  readonly vault: () => TestVault
  readonly pay: (walletId: string, message: Uint8Array, paymentId: string | undefined) => Promise<TransportAnswer>
  readonly attempt: (attemptId: string) => Promise<TransportAnswer>
}

async function answerRoute({ url, body }: TransportRequest, { vault, pay, attempt }: Routes): Promise<TransportAnswer> {
  const [, , , walletId = '', verb, rest = ''] = new URL(url).pathname.split('/')
  const members = textMembers(body)
  const message = base64urlToBytes(members['message'] ?? '')
  const { port } = vault()
  try {
    if (walletId === '') {
      return relay(await port.offer(), ({ walletId: id, offer }) => ({ walletId: id, offer: bytesToBase64url(offer) }))
    }
    if (verb === undefined) return relay(await port.accept(walletId, base64urlToBytes(members['sealed'] ?? '')), () => ({ walletId }))
    if (verb === 'open') return relay(await port.open(walletId, message), (slot) => ({ message: bytesToBase64url(slot) }))
    if (verb === 'pay') return await pay(walletId, message, members['paymentId'])
    if (verb === 'alarm') return relay(await port.alarm(walletId, message), () => ({}))
    return verb === 'attempts' ? await attempt(rest) : { status: 200, body: {} }
  } catch (error) {
    if (error instanceof Fault) return refuse('SERVICE_FAULT')
    throw error
  }
}

function relay<Value>(answer: Result<Value, Problem>, body: (value: Value) => unknown): TransportAnswer {
  return answer.ok ? { status: 200, body: body(answer.value) } : refuse(answer.problem.code, answer.problem)
}

function textMembers(body: unknown): Readonly<Record<string, string>> {
  const entries: readonly (readonly [string, unknown])[] = typeof body === 'object' && body !== null ? Object.entries(body) : []
  return Object.fromEntries(entries.flatMap(([name, member]) => (typeof member === 'string' ? [[name, member] as const] : [])))
}

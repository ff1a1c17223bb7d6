import type { Payment } from '@symbolon/contracts/merchant-api'
import type { CheckAnswer, SignedMessage } from '@symbolon/contracts/planes'
import type { Problem } from '@symbolon/contracts/problems'
import type { Transport, TransportAnswer } from '@symbolon/device'
import { base64urlToBytes, bytesToBase64url } from '@symbolon/formats/bytes'
import type { Result } from '@symbolon/formats/result'
import type { VaultPort } from '@symbolon/testing/vault'
import { problemAnswer, refuse, textMembers } from './answers.ts'

export type Order = { readonly payment: Payment; readonly request: string; readonly attemptId?: string; readonly signed?: SignedMessage }

/** What the operator keeps and does beside its vault: orders, and the relay that edge is. It approves what was signed. */
export type Relay = {
  readonly orders: Map<string, Order>
  /** What left the vault jointly signed, in order: what an operator would send to an issuer. */
  readonly signed: SignedMessage[]
  readonly answer: Transport
}

type Call = { readonly walletId: string; readonly verb: string | undefined; readonly rest: string | undefined; readonly body: unknown }

/** Edge as a relay to the vault's port: it forwards the device's message unopened. What an attacker changes, it changes on the wire. */
export function createRelay(port: () => VaultPort): Relay {
  const orders = new Map<string, Order>()
  const signed: SignedMessage[] = []
  const pay = async (call: Call): Promise<TransportAnswer> => {
    const { message = '', paymentId } = textMembers(call.body)
    const checked = await port().check(call.walletId, base64urlToBytes(message))
    if (!checked.ok) return refuse(checked.problem)
    const order = paymentId === undefined ? undefined : orders.get(paymentId)
    const attemptId = attemptIdOf(checked.value)
    const done = await sign(call.walletId, checked.value)
    if (!done.ok) return refuse(done.problem)
    if (paymentId === undefined || order === undefined) return { status: 200, body: { done: done.value.done } }
    if (done.value.signed === undefined) return { status: 200, body: { done: done.value.done, payment: order.payment } }
    const payment: Payment = { ...order.payment, version: 2, state: 'captured' }
    orders.set(paymentId, { ...order, payment, attemptId, signed: done.value.signed })
    return { status: 200, body: { done: done.value.done, payment } }
  }
  const sign = async (
    walletId: string,
    checked: CheckAnswer,
  ): Promise<Result<{ readonly done: string; readonly signed?: SignedMessage }, Problem>> => {
    if (checked.outcome === 'repeated') return { ok: true, value: { done: checked.done } }
    const answer = await port().sign(walletId, checked.handle)
    if (!answer.ok) return answer
    if (answer.value.outcome === 'wrong') return { ok: true, value: { done: answer.value.done } }
    signed.push(answer.value.signed)
    return { ok: true, value: answer.value }
  }
  const ofWallet = async (call: Call): Promise<TransportAnswer> => {
    const { walletId, verb } = call
    const { message = '', sealed = '' } = textMembers(call.body)
    switch (verb) {
      case undefined:
        return toAnswer(await port().accept(walletId, base64urlToBytes(sealed)), () => ({ walletId }))
      case 'open':
        return toAnswer(await port().open(walletId, base64urlToBytes(message)), (slot) => ({ message: bytesToBase64url(slot) }))
      case 'pay':
        return await pay(call)
      case 'alarm':
        return toAnswer(await port().alarm(walletId, base64urlToBytes(message)), () => ({}))
      case 'tokens':
        return { status: 200, body: {} }
      default: {
        const found = [...orders.values()].find(({ attemptId }) => attemptId === call.rest)
        return found === undefined ? problemAnswer('REQUEST_NOT_FOUND') : { status: 200, body: found.payment }
      }
    }
  }
  return {
    orders,
    signed,
    answer: async ({ url, body }) => {
      const [, , room, id, verb, rest] = new URL(url).pathname.split('/')
      if (room === 'checkout') {
        const order = orders.get(id ?? '')
        return order === undefined
          ? problemAnswer('REQUEST_NOT_FOUND')
          : { status: 200, body: { payment: order.payment, request: order.request } }
      }
      if (id !== undefined) return await ofWallet({ walletId: id, verb, rest, body })
      return toAnswer(await port().offer(), ({ walletId, offer }) => ({ walletId, offer: bytesToBase64url(offer) }))
    },
  }
}

function toAnswer<Value>(result: Result<Value, Problem>, body: (value: Value) => unknown): TransportAnswer {
  return result.ok ? { status: 200, body: body(result.value) } : refuse(result.problem)
}

function attemptIdOf(checked: CheckAnswer): string {
  return checked.outcome === 'ready' ? checked.terms.paymentAttemptId : checked.paymentAttemptId
}

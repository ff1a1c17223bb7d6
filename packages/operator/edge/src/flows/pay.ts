import { derivePaymentRequestHash } from '@symbolon/contracts/payment-request'
import type { CosignAnswer, OtherTerms, PaymentTerms } from '@symbolon/contracts/planes'
import { problem, type Problem } from '@symbolon/contracts/problems'
import type { SignAnswer, SignRequest } from '@symbolon/contracts/wallet-api'
import { bytesToHex } from '@symbolon/formats/bytes'
import { assert, fail, Fault, ok, type Result } from '@symbolon/formats/result'
import { decideHold, decideMatch } from '../rules/confirm.ts'
import { writePayment, type Hold, type PaymentRecord } from '../rules/payment.ts'
import { authorizePayment, type AuthorizePaymentDependencies } from './authorize-payment.ts'
import { freezeIfFrozen, freezeTokens } from './freeze-tokens.ts'
import { readPayment } from './read-payment.ts'
import { acceptSigned, releaseHold, resolveHold, type ResolveHoldDependencies } from './resolve-hold.ts'
import type { TokenStore } from './stores.ts'

export type PayDependencies = AuthorizePaymentDependencies &
  ResolveHoldDependencies & {
    readonly tokens: TokenStore
    readonly origin: string
    /** Work whose failure nobody hears: it is logged, and the payment is the sweeper's. */
    readonly inBackground: (work: Promise<unknown>) => void
  }

/** The device waits no longer than this for the issuer; then it asks for the attempt. */
const longestAnswerMs = 3_000
/** Longer than the vault may take to answer, so that a hold whose flow is alive is nobody else's. */
export const holdLeaseMs = 8_000

/**
 * One joint signature: the vault opens and checks, changing nothing; edge decides and holds; only then the vault signs. Every other
 * kind is no payment and passes without a hold; a wallet that closes pays no more.
 */
export async function pay(deps: PayDependencies, walletId: string, request: SignRequest): Promise<Result<SignAnswer, Problem>> {
  const checked = await freezeIfFrozen(deps, walletId, await deps.vault.check(walletId, request.message))
  if (!checked.ok) return checked
  const { value } = checked
  switch (value.outcome) {
    case 'repeated':
      return ok(await answerRepeated(deps, { walletId, paymentAttemptId: value.paymentAttemptId, done: value.done }))
    case 'ready':
      if ((value.terms.kind === 'pay') !== (request.paymentId !== undefined)) return wrongKind
      return value.terms.kind === 'pay' && request.paymentId !== undefined
        ? confirm(deps, { walletId, terms: value.terms, handle: value.handle, paymentId: request.paymentId })
        : signOnly(deps, walletId, { handle: value.handle, kind: value.terms.kind })
  }
}

const wrongKind = fail(problem('REQUEST_INVALID', { param: '/paymentId' }))

type ConfirmInput = { readonly walletId: string; readonly terms: PaymentTerms; readonly handle: string; readonly paymentId: string }

async function confirm(deps: PayDependencies, input: ConfirmInput): Promise<Result<SignAnswer, Problem>> {
  const held = await placeHold(deps, input)
  if (!held.ok) return held
  const signed = await sign(deps, held.value, input)
  if (!signed.ok) {
    await releaseHold(deps, held.value)
    return signed
  }
  switch (signed.value.outcome) {
    case 'wrong':
      return answer(deps, signed.value.done, await releaseHold(deps, held.value))
    case 'signed': {
      const payment = await acceptSigned(deps, held.value)
      return answer(deps, signed.value.done, await awaitIssuer(deps, payment, signed.value.signed))
    }
  }
}

/** Everything that can say no without the vault's signature, and the durable trace that a signature may come. */
async function placeHold(deps: PayDependencies, { walletId, terms, paymentId }: ConfirmInput): Promise<Result<Hold, Problem>> {
  const found = await deps.payments.findById(paymentId)
  if (found === undefined) return fail(problem('REQUEST_NOT_FOUND'))
  const { payment } = found
  const match = decideMatch(payment, terms, bytesToHex(derivePaymentRequestHash(payment.request)))
  if (!match.ok) return match
  // An attempt that already belongs to another payment would make two payments of one signature.
  const owner = await deps.payments.claimAttempt({ ...keyOf(payment), walletId, paymentAttemptId: terms.paymentAttemptId })
  if (owner.paymentId !== payment.paymentId) return fail(problem('PAYMENT_REQUEST_MISMATCH'))
  const token = await deps.tokens.find({ walletId, tokenReferenceId: terms.tokenReferenceId })
  const nowMs = deps.clock.nowMs()
  const request = { walletId, terms, token, holdId: deps.createId(), now: Math.floor(nowMs / 1_000), leaseUntilMs: nowMs + holdLeaseMs }
  let hold: Hold | undefined
  const changed = await deps.payments.change(keyOf(payment), (facts) => {
    const decision = decideHold(facts, request)
    hold = decision.ok ? decision.value.placeHold : undefined
    return decision
  })
  if (!changed.ok) return changed
  assert(hold !== undefined, 'a hold that was allowed is there')
  return ok(hold)
}

// When nobody knows whether the vault signed, it is asked at once; if that fails too, the sweeper asks when the lease is over.
async function sign(deps: PayDependencies, hold: Hold, { walletId, handle }: ConfirmInput): Promise<Result<CosignAnswer, Problem>> {
  try {
    return await deps.vault.sign(walletId, handle)
  } catch (error) {
    if (error instanceof Fault) deps.inBackground(resumeHold(deps, hold))
    throw error
  }
}

/** Ends a hold whose answer was lost, and sends on what the vault had signed. */
export async function resumeHold(deps: PayDependencies, hold: Hold): Promise<PaymentRecord> {
  const resolved = await resolveHold(deps, hold)
  return resolved.signed === undefined ? resolved.payment : awaitIssuer(deps, resolved.payment, resolved.signed)
}

/** Hands the payment to the link and waits for its answer, but not longer than a device should wait. */
export async function awaitIssuer(
  deps: PayDependencies,
  payment: PaymentRecord,
  signed: Parameters<typeof authorizePayment>[1]['signed'],
): Promise<PaymentRecord> {
  if (payment.state !== 'authorizing') return payment
  const work = authorizePayment(deps, { payment, signed, untilMs: deps.clock.nowMs() + longestAnswerMs })
  deps.inBackground(work)
  const settled = await Promise.race([work.catch(() => undefined), deps.clock.wait(longestAnswerMs).then(() => undefined)])
  return settled ?? (await deps.payments.find(keyOf(payment)))?.payment ?? payment
}

async function signOnly(
  deps: PayDependencies,
  walletId: string,
  { handle, kind }: { readonly handle: string; readonly kind: PaymentTerms['kind'] | OtherTerms['kind'] },
): Promise<Result<SignAnswer, Problem>> {
  const signed = await deps.vault.sign(walletId, handle)
  if (!signed.ok) return signed
  if (kind === 'close' && signed.value.outcome === 'signed') await freezeTokens(deps, walletId, 'closed')
  return ok({ done: signed.value.done })
}

// The device asks again because an answer was lost; perhaps edge died between the vault's signature and the next step.
async function answerRepeated(
  deps: PayDependencies,
  repeated: { readonly walletId: string; readonly paymentAttemptId: string; readonly done: string },
): Promise<SignAnswer> {
  const found = await deps.payments.findByAttempt(repeated)
  if (found === undefined) return { done: repeated.done }
  if (found.hold?.paymentAttemptId === repeated.paymentAttemptId) {
    return { done: repeated.done, payment: writePayment(await resumeHold(deps, found.hold), deps.origin) }
  }
  const payment = await readPayment(deps, found)
  return { done: repeated.done, payment: writePayment(payment.ok ? payment.value : found.payment, deps.origin) }
}

function answer(deps: PayDependencies, done: string, payment: PaymentRecord): Result<SignAnswer, Problem> {
  return ok({ done, payment: writePayment(payment, deps.origin) })
}

function keyOf({ merchantId, paymentId }: PaymentRecord): { readonly merchantId: string; readonly paymentId: string } {
  return { merchantId, paymentId }
}

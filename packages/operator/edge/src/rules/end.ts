import { problem } from '@symbolon/contracts/problems'
import { fail, ok } from '@symbolon/formats/result'
import { moveTo, nothing, type Decision, type PaymentFacts } from './transition.ts'

/** A merchant takes an order back, as long as nobody has confirmed it. */
export function decideCancel({ payment, hold }: PaymentFacts): Decision {
  if (payment.state !== 'requires_confirmation') return fail(problem('PAYMENT_STATE_CONFLICT'))
  if (hold !== undefined) return fail(problem('PAYMENT_CONFIRMATION_RUNNING'))
  const next = moveTo(payment, 'canceled')
  return next.ok ? ok({ payment: next.value }) : next
}

/** A payment past its time ends, but never while the vault may be signing it. Anything else stays as it is. */
export function decideExpiry({ payment, hold }: PaymentFacts, now: number): Decision {
  if (payment.state !== 'requires_confirmation' || hold !== undefined || payment.expiresAt > now) return ok(nothing)
  const next = moveTo(payment, 'expired')
  return next.ok ? ok({ payment: next.value }) : next
}

/** Seconds after which a signed message is too old for every front, whatever the clocks (docs/custody.md 2: at most 65). */
export const forgottenAfterSeconds = 120

/**
 * The link never heard of this authorization: nothing left for the issuer. Once its message is too old nothing can leave any more,
 * so the payment ends; before that it may still be on its way, so it stays.
 */
export function decideForgotten({ payment }: PaymentFacts, now: number): Decision {
  if (payment.state !== 'authorizing' || now < (payment.authorizingSince ?? now) + forgottenAfterSeconds) return ok(nothing)
  const next = moveTo(payment, 'expired')
  return next.ok ? ok({ payment: next.value }) : next
}

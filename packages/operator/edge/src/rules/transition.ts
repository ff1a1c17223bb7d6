import { paymentTransitions, type PaymentState } from '@symbolon/contracts/merchant-api'
import { problem, type Problem } from '@symbolon/contracts/problems'
import { fail, ok, type Result } from '@symbolon/formats/result'
import type { Hold, PaymentRecord, Transfer } from './payment.ts'

/** A payment and the hold that is live on it, read in one transaction. */
export type PaymentFacts = { readonly payment: PaymentRecord; readonly hold: Hold | undefined }

/** What one commit changes. Nothing named stays as it is; a new version of the payment always leaves an event behind. */
export type PaymentChange = {
  readonly payment?: PaymentRecord
  readonly placeHold?: Hold
  readonly endHold?: { readonly holdId: string; readonly outcome: 'used' | 'released' }
  readonly transfer?: Transfer
}
export type Decision = Result<PaymentChange, Problem>

export const nothing: PaymentChange = {}

/** Moves a payment along the published table and counts the version up; every other move is refused. */
export function moveTo(
  payment: PaymentRecord,
  state: PaymentState,
  details: Partial<Pick<PaymentRecord, 'confirmation' | 'authorizingSince' | 'nextLookAtMs' | 'answer'>> = {},
): Result<PaymentRecord, Problem> {
  if (!paymentTransitions[payment.state].includes(state)) return fail(problem('PAYMENT_STATE_CONFLICT'))
  const { nextLookAtMs: _past, ...kept } = payment
  return ok({ ...kept, ...details, state, version: payment.version + 1 })
}

/** Whether nothing can happen to the payment any more. */
export function isFinal(state: PaymentState): boolean {
  return paymentTransitions[state].length === 0
}

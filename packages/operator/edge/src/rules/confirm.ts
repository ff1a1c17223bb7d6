import { entryModeByChannel } from '@symbolon/contracts/issuer-link'
import { problem, type Problem } from '@symbolon/contracts/problems'
import type { PaymentTerms } from '@symbolon/contracts/planes'
import { currencies } from '@symbolon/formats/money'
import { fail, ok, type Result } from '@symbolon/formats/result'
import type { Confirmation, Hold, PaymentRecord } from './payment.ts'
import type { WalletToken } from './token.ts'
import { moveTo, nothing, type Decision, type PaymentFacts } from './transition.ts'

// The flow that got the signature hands it to the link itself; the sweeper looks only if that flow is gone.
const firstLookAfterMs = 3_000

/**
 * Compares what the device signed with what the merchant asked for, word by word. The vault has opened the message; edge alone
 * knows the payment, so neither could pass off one for the other. `requestHash` is of the request that edge itself keeps.
 */
export function decideMatch(payment: PaymentRecord, terms: PaymentTerms, requestHash: string): Result<undefined, Problem> {
  const isSame =
    terms.merchantId === payment.merchantId &&
    terms.requestHash === requestHash &&
    terms.amountMinorUnits === payment.amount.toString() &&
    terms.currencyNumeric === currencies[payment.currency].numeric &&
    payment.instalmentMonthsAllowed.includes(terms.instalmentMonths) &&
    Object.hasOwn(entryModeByChannel, terms.channel)
  return isSame ? ok(undefined) : fail(problem('PAYMENT_REQUEST_MISMATCH'))
}

export type HoldRequest = {
  readonly walletId: string
  readonly terms: PaymentTerms
  readonly token: WalletToken | undefined
  readonly holdId: string
  readonly now: number
  readonly leaseUntilMs: number
}

/** Decides whether a confirmation may go to the vault now: the payment waits for one, nobody is at it, time is left, the card is active. */
export function decideHold({ payment, hold }: PaymentFacts, request: HoldRequest): Decision {
  const { walletId, terms, token, holdId, now, leaseUntilMs } = request
  const isExpired = payment.state === 'expired' || payment.expiresAt <= now
  if (payment.state !== 'requires_confirmation' && payment.state !== 'expired') return fail(problem('PAYMENT_STATE_CONFLICT'))
  if (hold !== undefined) return fail(problem('PAYMENT_CONFIRMATION_RUNNING'))
  if (isExpired) return fail(problem('PAYMENT_EXPIRED'))
  if (token === undefined || token.walletId !== walletId || token.tokenReferenceId !== terms.tokenReferenceId || token.state !== 'active') {
    return fail(problem('TOKEN_NOT_ACTIVE'))
  }
  return ok({
    placeHold: {
      walletId,
      paymentAttemptId: terms.paymentAttemptId,
      tokenReferenceId: token.tokenReferenceId,
      issuerId: token.issuerId,
      network: token.network,
      lastFour: token.lastFour,
      instalmentMonths: terms.instalmentMonths,
      channel: terms.channel,
      holdId,
      merchantId: payment.merchantId,
      paymentId: payment.paymentId,
      heldAt: now,
      leaseUntilMs,
    },
  })
}

/** The vault did not sign: the payment waits for a confirmation as before. A hold that is gone already needs nothing. */
export function decideRelease({ hold }: PaymentFacts, holdId: string): Decision {
  return ok(hold?.holdId === holdId ? { endHold: { holdId, outcome: 'released' } } : nothing)
}

/** The vault signed: from here the payment belongs to the issuer's answer. Somebody who settled it before leaves nothing to do. */
export function decideSigned({ payment, hold }: PaymentFacts, signed: { readonly holdId: string; readonly nowMs: number }): Decision {
  if (hold?.holdId !== signed.holdId) return ok(nothing)
  const next = moveTo(payment, 'authorizing', {
    confirmation: readConfirmation(hold),
    authorizingSince: Math.floor(signed.nowMs / 1_000),
    nextLookAtMs: signed.nowMs + firstLookAfterMs,
  })
  return next.ok ? ok({ payment: next.value, endHold: { holdId: hold.holdId, outcome: 'used' } }) : next
}

function readConfirmation(hold: Hold): Confirmation {
  const { walletId, paymentAttemptId, tokenReferenceId, issuerId, network, lastFour, instalmentMonths, channel } = hold
  return { walletId, paymentAttemptId, tokenReferenceId, issuerId, network, lastFour, instalmentMonths, channel }
}

import type { AuthorizationAnswer } from '@symbolon/contracts/planes'
import type { PaymentState } from '@symbolon/contracts/merchant-api'
import { ok } from '@symbolon/formats/result'
import type { IssuerAnswer, PaymentRecord, Transfer } from './payment.ts'
import { moveTo, nothing, type Decision, type PaymentFacts } from './transition.ts'

export type Settlement = { readonly answer: AuthorizationAnswer; readonly transferId: string; readonly nowMs: number }

/**
 * Applies what the link says of an authorization. The same answer twice, an older one, or one for a payment that has ended
 * changes nothing: answers may come late, twice and in any order.
 */
export function decideSettlement({ payment }: PaymentFacts, settlement: Settlement): Decision {
  const state = stateAfter(payment.state, settlement.answer)
  if (state === undefined) return ok(nothing)
  const next = moveTo(payment, state, {
    answer: { ...payment.answer, ...readAnswer(settlement.answer) },
    ...(state === 'unanswered' ? { nextLookAtMs: settlement.nowMs + 1_000 } : {}),
  })
  if (!next.ok) return next
  return ok(state === 'captured' ? { payment: next.value, transfer: createTransfer(next.value, settlement) } : { payment: next.value })
}

function stateAfter(state: PaymentState, { outcome }: AuthorizationAnswer): PaymentState | undefined {
  if (state !== 'authorizing' && state !== 'unanswered') return undefined
  switch (outcome) {
    case 'pending':
      return undefined
    case 'approved':
      return state === 'authorizing' ? 'captured' : undefined
    // Nothing left for the issuer, so there is nothing to reverse.
    case 'unsent':
    case 'declined':
      return state === 'authorizing' ? 'declined' : undefined
    case 'unanswered':
      return state === 'authorizing' ? 'unanswered' : undefined
    // The link may have reversed before edge asked: the merchant still hears unanswered first, then reversed.
    case 'reversed':
      return state === 'authorizing' ? 'unanswered' : 'reversed'
  }
}

function readAnswer(answer: AuthorizationAnswer): IssuerAnswer {
  const declined = answer.outcome === 'declined' || answer.outcome === 'unsent'
  return {
    ...(answer.systemsTraceAuditNumber === undefined ? {} : { systemsTraceAuditNumber: answer.systemsTraceAuditNumber }),
    ...(answer.retrievalReferenceNumber === undefined ? {} : { retrievalReferenceNumber: answer.retrievalReferenceNumber }),
    ...(answer.outcome === 'approved' && answer.authorizationIdResponse !== undefined
      ? { approvalNumber: answer.authorizationIdResponse }
      : {}),
    ...(declined ? { declineReason: answer.outcome === 'unsent' ? 'issuer-unavailable' : (answer.reason ?? 'unknown-response-code') } : {}),
  }
}

/** What the issuer owes for its card, and what the merchant is owed: one row, balanced by construction. */
function createTransfer(payment: PaymentRecord, { transferId, nowMs }: Settlement): Transfer {
  return {
    transferId,
    merchantId: payment.merchantId,
    paymentId: payment.paymentId,
    kind: 'capture',
    debitAccountId: `issuer:${payment.confirmation?.issuerId ?? ''}:receivable:${payment.currency}`,
    creditAccountId: `merchant:${payment.merchantId}:payable:${payment.currency}`,
    amount: payment.amount,
    currency: payment.currency,
    postedAt: Math.floor(nowMs / 1_000),
  }
}

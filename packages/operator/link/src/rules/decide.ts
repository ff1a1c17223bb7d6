import { responseCodes, type ResponseCode } from '@symbolon/contracts/issuer-link'
import type { IsoMessage } from '@symbolon/formats/iso8583'
import { currencies } from '@symbolon/formats/money'
import type { IsoExchange } from '@symbolon/service/iso8583-channel'
import type { Approved, Declined, SentAuthorization, Unsent } from './authorization.ts'

/** What follows from an exchange: an end that is stored, or a reversal, because the issuer may have approved what we do not know of. */
export type Decision =
  | { readonly kind: 'settle'; readonly outcome: Approved | Declined | Unsent }
  | { readonly kind: 'reverse'; readonly reason: 'timeout' | 'disconnected' | 'contradictory-answer' }

/** DE 39 decides by the one table; an answer that approves something else than was asked approves nothing. */
export function decideAfterExchange(sent: SentAuthorization, exchange: IsoExchange): Decision {
  switch (exchange.kind) {
    case 'unsent':
      return { kind: 'settle', outcome: { kind: 'unsent', reason: 'issuer-unavailable' } }
    case 'unanswered':
      return { kind: 'reverse', reason: exchange.reason }
    case 'answered':
      return decideAfterAnswer(sent, exchange.answer)
  }
}

function decideAfterAnswer(sent: SentAuthorization, { fields }: IsoMessage): Decision {
  const { responseCode } = fields
  if (responseCode === undefined || contradicts(sent, { fields })) return { kind: 'reverse', reason: 'contradictory-answer' }
  const known = isResponseCode(responseCode)
    ? responseCodes[responseCode]
    : ({ outcome: 'declined', reason: 'unknown-response-code' } as const)
  if (known.outcome === 'declined') return { kind: 'settle', outcome: { kind: 'declined', responseCode, reason: known.reason } }
  const authorizationIdResponse = fields.authorizationIdResponse?.trim() ?? ''
  return {
    kind: 'settle',
    outcome: { kind: 'approved', responseCode, ...(authorizationIdResponse === '' ? {} : { authorizationIdResponse }) },
  }
}

function contradicts(sent: SentAuthorization, { fields }: Pick<IsoMessage, 'fields'>): boolean {
  const asked = {
    transactionAmount: sent.amount.toString().padStart(12, '0'),
    transactionCurrencyCode: currencies[sent.currency].numeric,
    retrievalReferenceNumber: sent.trace.retrievalReferenceNumber,
    cardAcceptorId: sent.cardAcceptorId,
  }
  return (
    differs(fields.transactionAmount, asked.transactionAmount) ||
    differs(fields.transactionCurrencyCode, asked.transactionCurrencyCode) ||
    differs(fields.retrievalReferenceNumber, asked.retrievalReferenceNumber) ||
    differs(fields.cardAcceptorId, asked.cardAcceptorId)
  )
}

function differs(answered: string | undefined, asked: string): boolean {
  return answered !== undefined && answered !== asked
}

function isResponseCode(code: string): code is ResponseCode {
  return Object.hasOwn(responseCodes, code)
}

/** Pause before the next attempt of a reversal: doubles from the first to the longest. */
export function reversalPauseMs(attempts: number, timers: { readonly retryMs: number; readonly longestRetryMs: number }): number {
  return Math.min(timers.longestRetryMs, timers.retryMs * 2 ** Math.min(Math.max(attempts - 1, 0), 20))
}

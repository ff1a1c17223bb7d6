import type { Approved, Authorization, Declined, SentAuthorization, Unsent } from '../rules/authorization.ts'
import type { Reversal } from '../rules/messages.ts'

/** A reversal as it is stored: which payment, its own numbers, its place in the queue of its issuer. */
export type QueuedReversal = {
  readonly paymentId: string
  readonly issuerId: string
  readonly queueNumber: bigint
  readonly systemsTraceAuditNumber: string
  readonly transmissionDateTime: string
  readonly nowMs: number
}

export type OwedReversal = Reversal & { readonly attempts: number }

/**
 * Authorizations and reversals of one link. Every change is durable once it resolves; a change that was reported as failed may have
 * been stored all the same, so each may be repeated with the same arguments and then changes nothing.
 */
export interface AuthorizationStore {
  /** False when a row with this payment id exists already; nothing is changed then. */
  insert(authorization: Authorization, nowMs: number): Promise<boolean>
  find(paymentId: string): Promise<Authorization | undefined>
  /** pending → approved, declined or unsent. A row with another end than this one is a bug. */
  settle(paymentId: string, outcome: Approved | Declined | Unsent, nowMs: number): Promise<void>
  /** pending → unanswered and the reversal into the queue, in one commit. A row that has got that far already stays as it is. */
  queueReversal(reversal: QueuedReversal): Promise<void>
  /** unanswered → reversed and the reversal out of the queue, in one commit. */
  settleReversal(paymentId: string, responseCode: string, nowMs: number): Promise<void>
  /** The oldest reversal owed to an issuer, by queue number. */
  findOwedReversal(issuerId: string): Promise<OwedReversal | undefined>
  /** Counts an attempt before it leaves, so that a later one is a repeat even after a crash in between. */
  countAttempt(paymentId: string): Promise<void>
  /** Rows that are pending, at most `limit`. */
  listPending(limit: number): Promise<readonly SentAuthorization[]>
  /** Takes `size` consecutive numbers of a counter, at `floor` or above it, and answers the first. No two calls ever share one. */
  takeNumbers(counter: string, size: number, floor: bigint): Promise<bigint>
}

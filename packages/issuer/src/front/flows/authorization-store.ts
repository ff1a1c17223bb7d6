import type { JournalEntry } from '@symbolon/contracts/issuer-api'
import type { ResponseCode } from '@symbolon/contracts/issuer-link'
import type { PayMessage, Refusal, TokenFacts } from '../rules/authorization.ts'
import type { KeyLimit } from '../rules/key-limits.ts'
import type { HostFields } from '../rules/host-message.ts'

/** `sent`: committed, and perhaps with the host; what it becomes is not known yet. */
export type AuthorizationState = 'sent' | 'approved' | 'declined' | 'reversed'

/** An authorization as it stands. One without a digest is a reversal whose original has not come. */
export type AuthorizationRecord = {
  readonly exchangeId: Uint8Array
  readonly requestDigest: Uint8Array | undefined
  readonly state: AuthorizationState
  readonly responseCode: ResponseCode | undefined
  readonly authorizationId: string | undefined
}

/** What the journal will say of an exchange on the link hop. */
export type ExchangeLine = {
  readonly exchangeId: Uint8Array
  readonly systemsTraceAuditNumber: string
  readonly retrievalReferenceNumber: string
  readonly amountMinorUnits: bigint
  readonly currency: JournalEntry['currency']
}
export type NewAuthorization = ExchangeLine & { readonly requestDigest: Uint8Array; readonly receivedAt: number }
export type Sending = NewAuthorization & {
  readonly message: PayMessage
  readonly host: HostFields
  /** What the token's key may pay in a day. */
  readonly limit: KeyLimit
  /** The authenticator's counter, of a passkey. */
  readonly signCount?: number
}
export type Refused = NewAuthorization & {
  readonly responseCode: ResponseCode
  readonly tokenReferenceId: Uint8Array | undefined
  readonly paymentAttemptId: Uint8Array | undefined
}
export type ReplayRefusal = Extract<Refusal, 'payment-used' | 'request-used' | 'slot-used'>
export type DayRefusal = Extract<Refusal, 'count-not-grown' | 'above-key-day-limit' | 'above-key-day-count'>
export type Settlement = {
  readonly state: 'approved' | 'declined'
  readonly responseCode: ResponseCode
  readonly authorizationId: string | undefined
  /** The host may hold an approval that nobody uses: reverse it there. */
  readonly isReversalDue: boolean
}

/** A token with what belongs to it; the account number stays sealed. */
export type StoredToken = TokenFacts & {
  readonly operatorId: Uint8Array
  readonly jointPublicKey: Uint8Array
  readonly deviceKey: Uint8Array
  readonly accountKey: Uint8Array
  readonly sealedAccount: Uint8Array
}
export type PendingReversal = {
  readonly exchangeId: Uint8Array
  readonly sends: number
  readonly host: HostFields
  readonly account: Pick<StoredToken, 'accountKey' | 'sealedAccount' | 'cardExpiry'>
}

/**
 * Authorizations, their reversals and the journal. Each call is one transaction with its journal entry in it, durable once it
 * resolves; of two calls for one exchange the later sees what the earlier did.
 */
export type AuthorizationStore = {
  findToken(tokenReferenceId: Uint8Array): Promise<StoredToken | undefined>
  find(exchangeId: Uint8Array): Promise<AuthorizationRecord | undefined>
  /** Keeps a refusal. False when the exchange is known already: ask find. */
  recordRefused(refused: Refused): Promise<boolean>
  /**
   * Keeps `sent` before anything leaves, using up the payment, the merchant's request and the slot, or says which is used already. Of
   * two for one token the later one sees what the earlier one spent; the token keeps the counter of its authenticator.
   */
  recordSent(sending: Sending): Promise<'recorded' | 'exchange-known' | ReplayRefusal | DayRefusal>
  /** sent → approved or declined. False when it is not `sent` any more: a reversal came first. */
  settle(exchangeId: Uint8Array, settlement: Settlement): Promise<boolean>
  /** any → reversed; whatever the host heard of is queued for reversal there. An unknown exchange is remembered as reversed. Idempotent. */
  reverse(line: ExchangeLine, receivedAt: number): Promise<void>
  /** After a restart: everything still `sent` is declined with 91 and queued for reversal at the host. Answers how many. */
  recoverUnfinished(): Promise<number>
  /** The oldest reversal that the host has not confirmed. */
  nextReversal(): Promise<PendingReversal | undefined>
  /** Counts a send before it leaves: after a crash the next one is a repeat. */
  countReversalSend(exchangeId: Uint8Array): Promise<void>
  settleReversal(exchangeId: Uint8Array): Promise<void>
  journal(after: number, limit: number): Promise<readonly JournalEntry[]>
}

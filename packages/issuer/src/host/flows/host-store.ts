import type { JournalEntry } from '@symbolon/contracts/issuer-api'
import type { HostRequest, HostReversal } from '../rules/request.ts'

/** What the host decided about a request. `isSilent`: a script withholds the answer. */
export type HostDecided = { readonly responseCode: string; readonly authorizationId: string | undefined; readonly isSilent: boolean }
export type HostRecord = HostDecided & {
  readonly state: 'approved' | 'declined' | 'reversed'
  /** Undefined: a reversal was here before its original. */
  readonly requestDigest: Uint8Array | undefined
}
export type HostReceived = { readonly request: HostRequest; readonly digest: Uint8Array }

/** Accounts, exchanges and the journal of the host. Each call is one transaction, durable once it resolves. */
export type HostStore = {
  /**
   * Runs `decide` with what the account has spent, under the account's lock, and keeps the decision, its money and its journal entry.
   * For an exchange that is known `decide` does not run: the record is answered.
   */
  authorize(
    received: HostReceived,
    decide: (spent: bigint) => HostDecided,
  ): Promise<{ readonly isNew: boolean; readonly record: HostRecord }>
  /** any → reversed, giving the money back; an unknown exchange is remembered as reversed. Idempotent. */
  reverse(reversal: HostReversal): Promise<void>
  journal(after: number, limit: number): Promise<readonly JournalEntry[]>
}

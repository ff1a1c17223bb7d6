import type { SuspensionCause } from '@symbolon/contracts/issuer-link'

/** One token of a wallet that froze or was closed. Wallet and token name it. */
export type SuspensionKey = { readonly walletId: string; readonly tokenReferenceId: string }
export type QueuedSuspension = SuspensionKey & {
  readonly issuerId: string
  readonly cause: SuspensionCause
  readonly queueNumber: bigint
  readonly systemsTraceAuditNumber: string
  readonly transmissionDateTime: string
  readonly nowMs: number
}
export type OwedSuspension = Omit<QueuedSuspension, 'queueNumber' | 'nowMs'> & { readonly attempts: number }

/** Suspensions that issuers are owed. Every change is durable once it resolves, and may be repeated. */
export interface SuspensionStore {
  /** False when this wallet's token was queued before: the first one stays. */
  queue(suspension: QueuedSuspension): Promise<boolean>
  findState(key: SuspensionKey): Promise<'queued' | 'acknowledged' | undefined>
  /** The oldest one owed to an issuer, by queue number. */
  findOwed(issuerId: string): Promise<OwedSuspension | undefined>
  /** Counts an attempt before it leaves, so that a later one is a repeat even after a crash in between. */
  countAttempt(key: SuspensionKey): Promise<void>
  settle(key: SuspensionKey, responseCode: string, nowMs: number): Promise<void>
}

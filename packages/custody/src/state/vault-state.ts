import type { HexId } from './last-attempt.ts'

/** An epoch as the vault keeps it. The secrets are opaque here: at rest they are sealed, and a promotion moves them unopened. */
export type VaultEpoch<Secrets> = { readonly eid: HexId; readonly secrets: Secrets }
export type RetiredEpoch = { readonly eid: HexId; readonly macKey: Uint8Array }

/** The last bound attempt. `hash` is SHA-256 of the message bytes, so that a repetition is told from another message. */
export type VaultLast =
  | { readonly state: 'none' }
  | { readonly state: 'bound' | 'void'; readonly slotId: HexId; readonly hash: HexId; readonly attemptId: HexId }
  | {
      readonly state: 'done' | 'wrong'
      readonly slotId: HexId
      readonly hash: HexId
      readonly attemptId: HexId
      readonly done: Uint8Array
    }

/** Why a wallet signs nothing any more: a copy was noticed, its owner said the stop code, or it stayed away from a demanded refresh. */
export type FreezeReason = 'alarm' | 'stop-code' | 'stayed-away'
/** docs/custody.md 15: after containment the wallet signs nothing before one refresh, and nothing at all after the deadline. */
export type RefreshDemand = { readonly sinceMs: number; readonly deadlineMs: number }

/** What outlives the process. */
export type VaultStored<Secrets> = {
  readonly current: VaultEpoch<Secrets>
  readonly pending: (VaultEpoch<Secrets> & { readonly sinceMs: number }) | null
  readonly retired: readonly RetiredEpoch[]
  readonly tries: number
  readonly counter: number
  readonly last: VaultLast
  readonly frozen: FreezeReason | null
  readonly demand: RefreshDemand | null
  /** The signed closing statement of a wallet whose secrets are destroyed; whoever asks for that wallet gets it. */
  readonly closed: Uint8Array | null
}

/** What dies with the process, so that no rollback of a database can bring a slot back. */
export type VaultMemory = {
  readonly slot: { readonly id: HexId; readonly expiresAtMs: number } | null
  /** The challenge of the latest STALE answer; an alarm has to name it. */
  readonly staleChallenge: HexId | null
}
export type VaultState<Secrets> = { readonly stored: VaultStored<Secrets>; readonly memory: VaultMemory }

export const emptyVaultMemory: VaultMemory = { slot: null, staleChallenge: null }
export const maximumTries = 5
export const maximumRetired = 8
/** Row 2: a pending epoch younger than this is not dropped, so that a thief of the current key cannot cancel every refresh. */
export const pendingSettlesMs = 10_000

/** State of a wallet at its creation. */
export function createVaultState<Secrets>(current: VaultEpoch<Secrets>): VaultState<Secrets> {
  return {
    stored: {
      current,
      pending: null,
      retired: [],
      tries: maximumTries,
      counter: 0,
      last: { state: 'none' },
      frozen: null,
      demand: null,
      closed: null,
    },
    memory: emptyVaultMemory,
  }
}

/** Whether the pending epoch was made after the demand; one from before it may be known to whoever was there. */
export function hasRefreshed<Secrets>({ demand, pending }: VaultStored<Secrets>): boolean {
  return demand !== null && pending !== null && pending.sinceMs > demand.sinceMs
}

/**
 * Whether the deadline of a demanded refresh has passed: the wallet counts as frozen, also before anybody has written that down. A
 * wallet that has signed its refresh in time has not stayed away, even if its device has yet to show the new epoch.
 */
export function hasStayedAway<Secrets>(stored: VaultStored<Secrets>, nowMs: number): boolean {
  return stored.demand !== null && nowMs >= stored.demand.deadlineMs && !hasRefreshed(stored)
}

export type EpochMatch<Secrets> =
  | { readonly match: 'current' | 'pending'; readonly secrets: Secrets }
  | { readonly match: 'retired'; readonly macKey: Uint8Array }
  | { readonly match: 'unknown' }

/** Which epoch a message names. The caller checks the MAC under that epoch's key and reports `unknown` when it is wrong. */
export function findVaultEpoch<Secrets>(stored: VaultStored<Secrets>, eid: HexId): EpochMatch<Secrets> {
  if (stored.current.eid === eid) return { match: 'current', secrets: stored.current.secrets }
  if (stored.pending?.eid === eid) return { match: 'pending', secrets: stored.pending.secrets }
  const retired = stored.retired.find((epoch) => epoch.eid === eid)
  return retired === undefined ? { match: 'unknown' } : { match: 'retired', macKey: retired.macKey }
}

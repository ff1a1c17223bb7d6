import { assert } from '@symbolon/formats/result'
import type { MessageKind } from '../messages.ts'
import type { HexId } from './last-attempt.ts'
import {
  emptyVaultMemory,
  hasRefreshed,
  hasStayedAway,
  maximumRetired,
  maximumTries,
  pendingSettlesMs,
  type FreezeReason,
  type RefreshDemand,
  type VaultEpoch,
  type VaultState,
  type VaultStored,
} from './vault-state.ts'

type OpenEvent = {
  readonly kind: 'open'
  /** Whose MAC key verified; `unknown` also when none did. */
  readonly match: 'current' | 'pending' | 'retired' | 'unknown'
  readonly nowMs: number
  /** Fresh; given out if the answer is `stale`. */
  readonly challenge: HexId
  /** MAC key of the current epoch, kept when that epoch retires. */
  readonly retiringMacKey: Uint8Array
}

type AcceptedEvent = { readonly kind: 'message-accepted'; readonly attemptId: HexId; readonly messageKind: MessageKind } & MessageFacts
type MessageFacts = { readonly slotId: HexId; readonly hash: HexId; readonly nowMs: number }

/** Everything that can happen to a wallet in the vault. MACs, signatures and decryption are facts of the event. */
export type VaultEvent<Secrets> =
  | OpenEvent
  /** Follows an open that was answered `give-slot`, once its state is durable. */
  | { readonly kind: 'slot-created'; readonly slotId: HexId; readonly expiresAtMs: number }
  | ({ readonly kind: 'message-received' } & MessageFacts)
  | { readonly kind: 'message-verified'; readonly verified: false }
  | { readonly kind: 'message-verified'; readonly verified: true; readonly messageKind: MessageKind; readonly nowMs: number }
  | AcceptedEvent
  | { readonly kind: 'cosignature-invalid'; readonly slotId: HexId; readonly done: Uint8Array }
  | {
      readonly kind: 'cosignature-valid'
      readonly slotId: HexId
      readonly done: Uint8Array
      readonly pending: VaultEpoch<Secrets>
      readonly nowMs: number
    }
  /** A valid co-signature of kind `close`. `nothing` stands where the secrets of the current epoch were. */
  | {
      readonly kind: 'cosignature-closing'
      readonly slotId: HexId
      readonly done: Uint8Array
      readonly statement: Uint8Array
      readonly nothing: Secrets
    }
  | ({ readonly kind: 'refresh-demanded' } & RefreshDemand)
  | { readonly kind: 'stop-code-given' }
  | { readonly kind: 'alarm'; readonly macVerified: boolean; readonly challenge: HexId }
  | { readonly kind: 'vault-restarted' }

export type VaultAnswer =
  | { readonly kind: 'give-slot' | 'unknown' | 'retry' | 'frozen' }
  | { readonly kind: 'stale'; readonly challenge: HexId }
  | { readonly kind: 'verify-it' | 'void' | 'conflict' | 'rejected' | 'locked' | 'bound' | 'refresh-required' }
  | { readonly kind: 'stored'; readonly done: Uint8Array; readonly attemptId: HexId }
  | { readonly kind: 'signed' | 'wrong'; readonly done: Uint8Array }
  | { readonly kind: 'closed'; readonly statement: Uint8Array }
  | { readonly kind: 'none' }

/** `durable`: the new stored state must be flushed before anything that follows, the answer included. */
export type VaultStep<Secrets> = { readonly state: VaultState<Secrets>; readonly answer: VaultAnswer; readonly durable: boolean }

/** The vault's half of the state table, docs/custody.md 7; row numbers stand at the cases. Pure: no clock, no keys. */
export function applyVaultEvent<Secrets>(state: VaultState<Secrets>, event: VaultEvent<Secrets>): VaultStep<Secrets> {
  switch (event.kind) {
    case 'open':
      return applyOpen(state, event)
    case 'slot-created': {
      const slot = { id: event.slotId, expiresAtMs: event.expiresAtMs }
      return { state: { ...state, memory: { ...state.memory, slot } }, answer: { kind: 'none' }, durable: false }
    }
    case 'message-received':
      return unchanged(state, lookUpMessage(state, event))
    case 'message-verified':
      return unchanged(state, event.verified ? signableAnswer(state.stored, event) : { kind: 'rejected' })
    case 'message-accepted':
      return applyAccepted(state, event)
    case 'cosignature-invalid':
      return applyCosigned(state, event, { kind: 'wrong', changes: {} })
    case 'cosignature-valid': {
      const pending = { ...event.pending, sinceMs: event.nowMs }
      return applyCosigned(state, event, { kind: 'signed', changes: { tries: maximumTries, pending } })
    }
    case 'cosignature-closing': {
      const current = { eid: state.stored.current.eid, secrets: event.nothing }
      return applyCosigned(state, event, {
        kind: 'signed',
        changes: { current, retired: [], tries: 0, demand: null, closed: event.statement },
      })
    }
    case 'refresh-demanded': {
      // What was opened before the containment may be known to whoever was there: the slot dies with the demand.
      if (state.stored.closed !== null || state.stored.frozen !== null) return unchanged(state, { kind: 'none' })
      const demand = { sinceMs: event.sinceMs, deadlineMs: event.deadlineMs }
      return { state: { stored: { ...state.stored, demand }, memory: emptyVaultMemory }, answer: { kind: 'none' }, durable: true }
    }
    case 'stop-code-given':
      return freeze(state, 'stop-code')
    case 'alarm': // Rows 6 and 7: only a fresh challenge freezes, so that a recorded alarm cannot be sent again.
      if (!event.macVerified) return unchanged(state, { kind: 'unknown' })
      if (state.stored.frozen !== null) return unchanged(state, { kind: 'frozen' })
      if (event.challenge !== state.memory.staleChallenge && event.challenge !== state.memory.slot?.id) {
        return unchanged(state, { kind: 'unknown' })
      }
      return freeze(state, 'alarm')
    case 'vault-restarted': // Row 15.
      return { state: { ...state, memory: emptyVaultMemory }, answer: { kind: 'none' }, durable: false }
  }
}

function applyOpen<Secrets>(state: VaultState<Secrets>, event: OpenEvent): VaultStep<Secrets> {
  const { stored } = state
  if (stored.closed !== null) return unchanged(state, { kind: 'closed', statement: stored.closed })
  if (event.match === 'unknown') return unchanged(state, { kind: 'unknown' })
  if (stored.frozen !== null) return unchanged(state, { kind: 'frozen' })
  if (hasStayedAway(stored, event.nowMs)) return freeze(state, 'stayed-away')
  switch (event.match) {
    case 'current': {
      // Row 2. The pending epoch dies here and nowhere else: the device has shown that it does not have it.
      if (stored.pending !== null && event.nowMs - stored.pending.sinceMs < pendingSettlesMs) return unchanged(state, { kind: 'retry' })
      const last = stored.last.state === 'bound' ? { ...stored.last, state: 'void' as const } : stored.last
      return giveSlot({ ...stored, pending: null, last }, stored.pending !== null || stored.last.state === 'bound')
    }
    case 'pending': {
      // Row 3: the device has the pending epoch, so the older one is given up.
      assert(stored.pending !== null, 'an open matched a pending epoch that exists')
      const { eid, secrets } = stored.pending
      const retired = [{ eid: stored.current.eid, macKey: event.retiringMacKey }, ...stored.retired].slice(0, maximumRetired)
      // A demand is met here and not at the signature: until the device has shown the new epoch, the old one may still be used.
      return giveSlot(
        { ...stored, current: { eid, secrets }, pending: null, retired, demand: hasRefreshed(stored) ? null : stored.demand },
        true,
      )
    }
    case 'retired': // Row 4.
      return {
        state: { ...state, memory: { ...state.memory, staleChallenge: event.challenge } },
        answer: { kind: 'stale', challenge: event.challenge },
        durable: false,
      }
  }
}

// A wallet that is closed has nothing to freeze, and the first reason stays.
function freeze<Secrets>(state: VaultState<Secrets>, reason: FreezeReason): VaultStep<Secrets> {
  if (state.stored.closed !== null) return unchanged(state, { kind: 'closed', statement: state.stored.closed })
  if (state.stored.frozen !== null) return unchanged(state, { kind: 'frozen' })
  return { state: { stored: { ...state.stored, frozen: reason }, memory: emptyVaultMemory }, answer: { kind: 'frozen' }, durable: true }
}

// At most one live slot: the old one dies before the new one is made.
function giveSlot<Secrets>(stored: VaultStored<Secrets>, durable: boolean): VaultStep<Secrets> {
  return { state: { stored, memory: emptyVaultMemory }, answer: { kind: 'give-slot' }, durable }
}

// docs/custody.md 4–5, step 1. A bound attempt whose co-signature never came is void: nothing ever left for it.
function lookUpMessage<Secrets>({ stored, memory }: VaultState<Secrets>, event: MessageFacts): VaultAnswer {
  const { slot } = memory
  if (slot?.id === event.slotId && event.nowMs < slot.expiresAtMs) {
    return stored.frozen !== null || hasStayedAway(stored, event.nowMs) ? { kind: 'frozen' } : { kind: 'verify-it' }
  }
  const { last } = stored
  if (last.state === 'none' || last.slotId !== event.slotId) return { kind: 'void' }
  if (last.hash !== event.hash) return { kind: 'conflict' }
  return last.state === 'done' || last.state === 'wrong' ? { kind: 'stored', done: last.done, attemptId: last.attemptId } : { kind: 'void' }
}

// Also for a verified message alone: what is refused here counts no try.
function signableAnswer<Secrets>(
  stored: VaultStored<Secrets>,
  { messageKind, nowMs }: { readonly messageKind: MessageKind; readonly nowMs: number },
): VaultAnswer {
  if (stored.frozen !== null || hasStayedAway(stored, nowMs)) return { kind: 'frozen' }
  if (stored.tries === 0) return { kind: 'locked' }
  return stored.demand === null || messageKind === 'refresh' || messageKind === 'close'
    ? { kind: 'verify-it' }
    : { kind: 'refresh-required' }
}

// Row 9, TX1: the try is counted and the slot is gone before anything is signed.
function applyAccepted<Secrets>(state: VaultState<Secrets>, event: AcceptedEvent): VaultStep<Secrets> {
  const looked = lookUpMessage(state, event)
  const answer = looked.kind === 'verify-it' ? signableAnswer(state.stored, event) : looked
  if (answer.kind !== 'verify-it') return unchanged(state, answer)
  const { stored } = state
  assert(stored.pending === null, 'a slot is given out only when no epoch is pending')
  const last = { state: 'bound', slotId: event.slotId, hash: event.hash, attemptId: event.attemptId } as const
  return {
    state: { stored: { ...stored, tries: stored.tries - 1, counter: stored.counter + 1, last }, memory: { ...state.memory, slot: null } },
    answer: { kind: 'bound' },
    durable: true,
  }
}

type Cosigned<Secrets> = { readonly kind: 'wrong' | 'signed'; readonly changes: Partial<VaultStored<Secrets>> }

// Rows 10 and 11, TX2. The epoch changes at the next open and not here: the device may never see this answer.
function applyCosigned<Secrets>(
  state: VaultState<Secrets>,
  event: { readonly slotId: HexId; readonly done: Uint8Array },
  outcome: Cosigned<Secrets>,
): VaultStep<Secrets> {
  const { stored } = state
  assert(stored.last.state === 'bound' && stored.last.slotId === event.slotId, 'only the bound attempt is answered')
  assert(stored.pending === null, 'no epoch is pending while an attempt is bound')
  const { slotId, hash, attemptId } = stored.last
  const last = { state: outcome.kind === 'signed' ? ('done' as const) : ('wrong' as const), slotId, hash, attemptId, done: event.done }
  return {
    state: { ...state, stored: { ...stored, last, ...outcome.changes } },
    answer: { kind: outcome.kind, done: event.done },
    durable: true,
  }
}

function unchanged<Secrets>(state: VaultState<Secrets>, answer: VaultAnswer): VaultStep<Secrets> {
  return { state, answer, durable: false }
}

import { assert } from '@symbolon/formats/result'
import type { HexId } from './last-attempt.ts'
import {
  emptyVaultMemory,
  maximumRetired,
  maximumTries,
  pendingSettlesMs,
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

type MessageFacts = { readonly slotId: HexId; readonly hash: HexId; readonly nowMs: number }

/** Everything that can happen to a wallet in the vault. MACs, signatures and decryption are facts of the event. */
export type VaultEvent<Secrets> =
  | OpenEvent
  /** Follows an open that was answered `give-slot`, once its state is durable. */
  | { readonly kind: 'slot-created'; readonly slotId: HexId; readonly expiresAtMs: number }
  | ({ readonly kind: 'message-received' } & MessageFacts)
  | { readonly kind: 'message-verified'; readonly verified: boolean }
  | ({ readonly kind: 'message-accepted'; readonly attemptId: HexId } & MessageFacts)
  | { readonly kind: 'cosignature-invalid'; readonly slotId: HexId; readonly done: Uint8Array }
  | {
      readonly kind: 'cosignature-valid'
      readonly slotId: HexId
      readonly done: Uint8Array
      readonly pending: VaultEpoch<Secrets>
      readonly nowMs: number
    }
  | { readonly kind: 'alarm'; readonly macVerified: boolean; readonly challenge: HexId }
  | { readonly kind: 'vault-restarted' }

export type VaultAnswer =
  | { readonly kind: 'give-slot' | 'unknown' | 'retry' | 'frozen' }
  | { readonly kind: 'stale'; readonly challenge: HexId }
  | { readonly kind: 'verify-it' | 'void' | 'conflict' | 'rejected' | 'locked' | 'bound' }
  | { readonly kind: 'stored'; readonly done: Uint8Array; readonly attemptId: HexId }
  | { readonly kind: 'signed' | 'wrong'; readonly done: Uint8Array }
  | { readonly kind: 'none' }

/** `durable`: the new stored state must be flushed before anything that follows, the answer included. */
export type VaultStep<Secrets> = { readonly state: VaultState<Secrets>; readonly answer: VaultAnswer; readonly durable: boolean }

/** The vault's half of the state table, 2-custody 1.5; row numbers stand at the cases. Pure: no clock, no keys. */
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
      return unchanged(state, event.verified ? payableAnswer(state.stored) : { kind: 'rejected' })
    case 'message-accepted':
      return applyAccepted(state, event)
    case 'cosignature-invalid':
      return applyCosigned(state, event, { kind: 'wrong', pending: null })
    case 'cosignature-valid':
      return applyCosigned(state, event, { kind: 'signed', pending: { ...event.pending, sinceMs: event.nowMs } })
    case 'alarm': // Rows 6 and 7: only a fresh challenge freezes, so that a recorded alarm cannot be sent again.
      if (!event.macVerified) return unchanged(state, { kind: 'unknown' })
      if (state.stored.frozen) return unchanged(state, { kind: 'frozen' })
      if (event.challenge !== state.memory.staleChallenge && event.challenge !== state.memory.slot?.id) {
        return unchanged(state, { kind: 'unknown' })
      }
      return { state: { stored: { ...state.stored, frozen: true }, memory: emptyVaultMemory }, answer: { kind: 'frozen' }, durable: true }
    case 'vault-restarted': // Row 15.
      return { state: { ...state, memory: emptyVaultMemory }, answer: { kind: 'none' }, durable: false }
  }
}

function applyOpen<Secrets>(state: VaultState<Secrets>, event: OpenEvent): VaultStep<Secrets> {
  const { stored } = state
  if (event.match === 'unknown') return unchanged(state, { kind: 'unknown' })
  if (stored.frozen) return unchanged(state, { kind: 'frozen' })
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
      return giveSlot({ ...stored, current: { eid, secrets }, pending: null, retired }, true)
    }
    case 'retired': // Row 4.
      return {
        state: { ...state, memory: { ...state.memory, staleChallenge: event.challenge } },
        answer: { kind: 'stale', challenge: event.challenge },
        durable: false,
      }
  }
}

// At most one live slot: the old one dies before the new one is made.
function giveSlot<Secrets>(stored: VaultStored<Secrets>, durable: boolean): VaultStep<Secrets> {
  return { state: { stored, memory: emptyVaultMemory }, answer: { kind: 'give-slot' }, durable }
}

// 2-custody 1.4, step 1. A bound attempt whose co-signature never came is void: nothing ever left for it.
function lookUpMessage<Secrets>({ stored, memory }: VaultState<Secrets>, event: MessageFacts): VaultAnswer {
  const { slot } = memory
  if (slot?.id === event.slotId && event.nowMs < slot.expiresAtMs) return stored.frozen ? { kind: 'frozen' } : { kind: 'verify-it' }
  const { last } = stored
  if (last.state === 'none' || last.slotId !== event.slotId) return { kind: 'void' }
  if (last.hash !== event.hash) return { kind: 'conflict' }
  return last.state === 'done' || last.state === 'wrong' ? { kind: 'stored', done: last.done, attemptId: last.attemptId } : { kind: 'void' }
}

function payableAnswer<Secrets>(stored: VaultStored<Secrets>): VaultAnswer {
  if (stored.frozen) return { kind: 'frozen' }
  return stored.tries > 0 ? { kind: 'verify-it' } : { kind: 'locked' }
}

// Row 9, TX1: the try is counted and the slot is gone before anything is signed.
function applyAccepted<Secrets>(state: VaultState<Secrets>, event: MessageFacts & { readonly attemptId: HexId }): VaultStep<Secrets> {
  const looked = lookUpMessage(state, event)
  const answer = looked.kind === 'verify-it' ? payableAnswer(state.stored) : looked
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

type Cosigned<Secrets> =
  | { readonly kind: 'wrong'; readonly pending: null }
  | { readonly kind: 'signed'; readonly pending: VaultStored<Secrets>['pending'] }

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
  const tries = outcome.kind === 'signed' ? maximumTries : stored.tries
  return {
    state: { ...state, stored: { ...stored, tries, last, pending: outcome.pending } },
    answer: { kind: outcome.kind, done: event.done },
    durable: true,
  }
}

function unchanged<Secrets>(state: VaultState<Secrets>, answer: VaultAnswer): VaultStep<Secrets> {
  return { state, answer, durable: false }
}

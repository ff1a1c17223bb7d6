import { lastStateCodes, type HexId } from './last-attempt.ts'
import { emptyDeviceMemory, type DeviceEpoch, type DeviceState, type DeviceStored } from './device-state.ts'

/** A slot as the vault's answer says it; `verified`: the vault's signature and the wallet id are right. */
export type SlotFacts = {
  readonly verified: boolean
  readonly q: HexId
  readonly eid: HexId
  readonly slotId: HexId
  readonly counter: number
  readonly last: { readonly slotId: HexId; readonly state: number }
  readonly tries: number
}

/** An unauthenticated word in answer to the open `q`; `timeout` when no answer came. */
export type OpenHint = {
  readonly kind: 'open-hint'
  readonly q: HexId
  readonly word: 'unknown' | 'timeout' | 'retry' | 'frozen'
}

type DoneEvent<Secrets> =
  | { readonly kind: 'done-received'; readonly slotId: HexId; readonly status: 'wrong' }
  | {
      readonly kind: 'done-received'
      readonly slotId: HexId
      readonly status: 'signed'
      /** The joint signature verifies under Y. */
      readonly verified: boolean
      readonly pending: DeviceEpoch<Secrets>
    }

/** Everything that can happen to a wallet on the device. Signatures and decryption are facts of the event. */
export type DeviceEvent<Secrets, Intent> =
  | { readonly kind: 'open-started'; readonly q: HexId }
  | OpenHint
  | { readonly kind: 'stale-hint'; readonly q: HexId; readonly challenge: HexId }
  | ({ readonly kind: 'slot-received' } & SlotFacts)
  | { readonly kind: 'pay-started'; readonly intent: Intent }
  | DoneEvent<Secrets>
  | { readonly kind: 'void-hint' }
  | { readonly kind: 'app-killed' }

export type AttemptOutcome = 'signed' | 'wrong-pin' | 'not-signed'

/** What the device does next; the secrets of the named epoch authenticate what is sent. */
export type DeviceAnswer<Intent> =
  | { readonly kind: 'send-open'; readonly q: HexId; readonly eid: HexId }
  | { readonly kind: 'open-again' | 'wait-and-open' | 'ignored' | 'no-slot' | 'locked' | 'frozen' | 'none' }
  | { readonly kind: 'alarm'; readonly eid: HexId; readonly q: HexId; readonly challenge: HexId }
  | {
      readonly kind: 'slot-accepted'
      readonly slotId: HexId
      readonly tries: number
      readonly settled: { readonly intent: Intent; readonly outcome: AttemptOutcome } | null
    }
  | { readonly kind: 'send-message'; readonly slotId: HexId }
  | { readonly kind: 'signed' | 'wrong-pin' }

/** `durable`: the new stored state must be written and flushed before anything that follows. */
export type DeviceStep<Secrets, Intent> = {
  readonly state: DeviceState<Secrets, Intent>
  readonly answer: DeviceAnswer<Intent>
  readonly durable: boolean
}

/** The device's half of the state table, docs/custody.md 7. It deletes nothing on an unauthenticated word. */
export function applyDeviceEvent<Secrets, Intent>(
  state: DeviceState<Secrets, Intent>,
  event: DeviceEvent<Secrets, Intent>,
): DeviceStep<Secrets, Intent> {
  const { stored, memory } = state
  switch (event.kind) {
    case 'open-started': {
      // Row 1. A slot from before this open is void at the vault.
      const { eid } = stored.pending !== null && !memory.triesCurrent ? stored.pending : stored.current
      const opening = { q: event.q, eid }
      return { state: { stored, memory: { ...memory, opening, slot: null } }, answer: { kind: 'send-open', ...opening }, durable: false }
    }
    case 'open-hint':
      return memory.opening?.q === event.q ? applyHint(state, event.word, memory.opening.eid) : unchanged(state, { kind: 'ignored' })
    case 'stale-hint':
      if (memory.opening?.q !== event.q) return unchanged(state, { kind: 'ignored' })
      // Row 7. With a pending epoch at hand the vault may have promoted it already: that one is tried first.
      return stored.pending === null
        ? unchanged(state, { kind: 'alarm', eid: memory.opening.eid, q: event.q, challenge: event.challenge })
        : inMemory(state, { triesCurrent: false }, { kind: 'open-again' })
    case 'slot-received':
      return applySlot(state, event)
    case 'pay-started': {
      // Row 8. The slot leaves memory here: one message for one slot.
      if (memory.slot === null || stored.pending !== null) return unchanged(state, { kind: 'no-slot' })
      if (memory.slot.tries === 0) return unchanged(state, { kind: 'locked' })
      const attempt = { slotId: memory.slot.id, intent: event.intent }
      return {
        state: { stored: { ...stored, attempt }, memory: { ...memory, slot: null } },
        answer: { kind: 'send-message', slotId: attempt.slotId },
        durable: true,
      }
    }
    case 'done-received':
      return applyDone(state, event)
    case 'void-hint': // Row 13.
      return inMemory(state, { slot: null }, { kind: 'open-again' })
    case 'app-killed': // Row 14.
      return inMemory(state, emptyDeviceMemory, { kind: 'none' })
  }
}

function applyHint<Secrets, Intent>(state: DeviceState<Secrets, Intent>, word: OpenHint['word'], eid: HexId): DeviceStep<Secrets, Intent> {
  if (word === 'frozen') return unchanged(state, { kind: 'frozen' })
  const underPending = state.stored.pending?.eid === eid
  if (underPending && (word === 'unknown' || word === 'timeout')) return inMemory(state, { triesCurrent: true }, { kind: 'open-again' })
  return inMemory(state, { triesCurrent: false }, { kind: 'wait-and-open' })
}

// Rows 5 and 6.
function applySlot<Secrets, Intent>(state: DeviceState<Secrets, Intent>, slot: SlotFacts): DeviceStep<Secrets, Intent> {
  const { stored, memory } = state
  if (!slot.verified || memory.opening?.q !== slot.q || memory.opening.eid !== slot.eid) return unchanged(state, { kind: 'ignored' })
  const standing = compareSlot(stored, slot)
  if (standing === 'foreign') {
    return inMemory(state, { slot: null }, { kind: 'alarm', eid: slot.eid, q: slot.q, challenge: slot.slotId })
  }
  const { attempt } = stored
  const settled = attempt === null ? null : { intent: attempt.intent, outcome: attemptOutcome(stored, standing, slot.last.state) }
  const next: DeviceStored<Secrets, Intent> = {
    current: stored.pending?.eid === slot.eid ? stored.pending : stored.current,
    pending: null,
    counter: slot.counter,
    last: slot.last,
    attempt: null,
  }
  return {
    state: { stored: next, memory: { opening: null, slot: { id: slot.slotId, tries: slot.tries }, triesCurrent: false } },
    answer: { kind: 'slot-accepted', slotId: slot.slotId, tries: slot.tries, settled },
    durable: stored.pending !== null || attempt !== null || standing === 'attempted' || slot.last.state !== stored.last.state,
  }
}

// The state of the last attempt is not compared: a vault whose database lost its latest transaction says void where it said wrong.
// A copy of the device cannot bind an attempt without moving counter and slot, so nothing of it is missed.
function compareSlot<Secrets, Intent>(stored: DeviceStored<Secrets, Intent>, slot: SlotFacts): 'mine' | 'attempted' | 'foreign' {
  if (slot.counter === stored.counter && slot.last.slotId === stored.last.slotId) return 'mine'
  return stored.attempt !== null && slot.counter === stored.counter + 1 && slot.last.slotId === stored.attempt.slotId
    ? 'attempted'
    : 'foreign'
}

// A pending epoch exists only after a joint signature verified (row 12), whatever the vault remembers of it.
function attemptOutcome<Secrets, Intent>(
  stored: DeviceStored<Secrets, Intent>,
  standing: 'mine' | 'attempted',
  lastState: number,
): AttemptOutcome {
  if (stored.pending !== null) return 'signed'
  if (standing === 'mine') return 'not-signed'
  if (lastState === lastStateCodes.done) return 'signed'
  return lastState === lastStateCodes.wrong ? 'wrong-pin' : 'not-signed'
}

// Rows 12 and 13. The current epoch stays until a slot under the pending one is accepted.
function applyDone<Secrets, Intent>(state: DeviceState<Secrets, Intent>, event: DoneEvent<Secrets>): DeviceStep<Secrets, Intent> {
  const { stored, memory } = state
  if (stored.attempt?.slotId !== event.slotId || stored.pending !== null) return unchanged(state, { kind: 'ignored' })
  if (event.status === 'wrong') return unchanged(state, { kind: 'wrong-pin' })
  if (!event.verified) return unchanged(state, { kind: 'ignored' })
  return {
    state: { stored: { ...stored, pending: event.pending }, memory: { ...memory, triesCurrent: false } },
    answer: { kind: 'signed' },
    durable: true,
  }
}

function inMemory<Secrets, Intent>(
  { stored, memory }: DeviceState<Secrets, Intent>,
  change: Partial<DeviceState<Secrets, Intent>['memory']>,
  answer: DeviceAnswer<Intent>,
): DeviceStep<Secrets, Intent> {
  return { state: { stored, memory: { ...memory, ...change } }, answer, durable: false }
}

function unchanged<Secrets, Intent>(state: DeviceState<Secrets, Intent>, answer: DeviceAnswer<Intent>): DeviceStep<Secrets, Intent> {
  return { state, answer, durable: false }
}

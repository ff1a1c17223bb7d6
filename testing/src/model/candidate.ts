import { realTable, type Device, type Table, type Vault } from './world.ts'

const real = realTable

/**
 * A table that was examined and not taken (docs/custody.md): an open gives up no epoch; only a bound message does, because it cannot be
 * sent again. Both sides then keep both epochs from a lost answer until the next payment.
 */
export const candidateTable: Table = {
  ...real,
  vault(state, event) {
    const { pending } = state.stored
    if (pending === null) return real.vault(state, event)
    if (event.kind === 'message-accepted') return real.vault(withoutPending(state), event)
    if (event.kind !== 'open' || event.match !== 'current') return real.vault(state, event)
    const step = real.vault(withoutPending(state), event)
    return { ...step, state: { ...step.state, stored: { ...step.state.stored, pending } } }
  },
  device(state, event) {
    const { pending, attempt } = state.stored
    const isOlder = pending !== null && attempt !== null && !pending.eid.endsWith(`:${attempt.slotId}`)
    if (pending === null) return real.device(state, event)
    if (event.kind === 'pay-started') return keepPending(state, real.device(alone(state), event))
    if (event.kind === 'done-received' && isOlder) {
      const step = real.device(alone(state), event)
      return step.answer.kind === 'signed' ? step : keepPending(state, step)
    }
    if (event.kind !== 'slot-received') return real.device(state, event)
    // The attempt is a later one than the signature that made this epoch, so the epoch says nothing of it.
    if (event.eid === pending.eid)
      return real.device(isOlder ? { ...state, stored: { ...state.stored, current: pending, pending: null } } : state, event)
    const step = real.device(isOlder ? alone(state) : state, event)
    const isBound = isOlder && event.counter !== state.stored.counter
    return step.answer.kind === 'slot-accepted' && !isBound ? keepPending(state, step) : step
  },
}

function withoutPending(state: Vault): Vault {
  return { ...state, stored: { ...state.stored, pending: null } }
}
function alone(state: Device): Device {
  return { ...state, stored: { ...state.stored, pending: null } }
}
function keepPending(state: Device, step: ReturnType<Table['device']>): ReturnType<Table['device']> {
  return { ...step, state: { ...step.state, stored: { ...step.state.stored, pending: state.stored.pending } } }
}

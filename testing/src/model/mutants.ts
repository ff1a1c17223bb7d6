import { emptyDeviceMemory } from '@symbolon/custody/device'
import { explore, type Exploration } from './explore.ts'
import { epochNumber, noBounds, realTable, type Bounds, type Invariant, type Table, type Vault } from './world.ts'

/** A table with one named mistake. The model is worth as much as its ability to see these. */
export type Mutant = {
  readonly name: string
  readonly caughtBy: Invariant
  /** The smallest worlds in which the mistake shows. */
  readonly bounds: Partial<Bounds>
  readonly table: Partial<Table>
  /** The mutant acts on messages that the real table ignores for ever. */
  readonly keeps?: 'open' | 'slot'
}

const real = realTable
const onePayment = { opens: 3, slots: 3, pays: 1 }
const withoutPending = (state: Vault): Vault => ({ ...state, stored: { ...state.stored, pending: null } })

/** The eight mistakes of docs/custody.md 7, by their names there. */
export const mutants: readonly Mutant[] = [
  {
    name: 'V commits at TX2',
    caughtBy: 'some epoch is common',
    bounds: onePayment,
    table: {
      vault: (state, event) => {
        const step = real.vault(state, event)
        const { pending } = step.state.stored
        if (event.kind !== 'cosignature-valid' || pending === null) return step
        return { ...step, state: { ...step.state, stored: { ...step.state.stored, current: pending, pending: null } } }
      },
    },
  },
  {
    name: 'V keeps pend on open(cur)',
    caughtBy: 'some epoch is common',
    bounds: onePayment,
    table: {
      vault: (state, event) => {
        // The real table asserts that nothing is pending when a message is bound; the mutant would not.
        const step = real.vault(event.kind === 'message-accepted' ? withoutPending(state) : state, event)
        if (event.kind !== 'open' || event.match !== 'current') return step
        return { ...step, state: { ...step.state, stored: { ...step.state.stored, pending: state.stored.pending } } }
      },
    },
  },
  {
    name: 'D drops cur at done',
    caughtBy: 'some epoch is common',
    bounds: onePayment,
    table: {
      device: (state, event) => {
        const step = real.device(state, event)
        const { pending } = step.state.stored
        if (step.answer.kind !== 'signed' || pending === null) return step
        return { ...step, state: { ...step.state, stored: { ...step.state.stored, current: pending } } }
      },
    },
  },
  {
    name: 'promote by number only',
    caughtBy: 'some epoch is common',
    bounds: { ...onePayment, pays: 2 },
    table: {
      match: (row, eid) => {
        const found = real.match(row, eid)
        if (found !== 'unknown' || row.pending === null) return found
        return epochNumber(eid) === epochNumber(row.pending.eid) ? 'pending' : 'unknown'
      },
    },
    keeps: 'open',
  },
  {
    name: 'D accepts a reply to an older open',
    caughtBy: 'never "not signed" for a signed one',
    bounds: { ...onePayment, pays: 2 },
    table: {
      device: (state, event) => {
        if (event.kind !== 'slot-received') return real.device(state, event)
        const opening = { q: event.q, eid: event.eid }
        return real.device({ ...state, memory: { ...state.memory, opening } }, event)
      },
    },
    keeps: 'slot',
  },
  {
    name: 'D believes a forged UNKNOWN',
    caughtBy: 'some epoch is common',
    bounds: onePayment,
    table: {
      device: (state, event) => {
        const step = real.device(state, event)
        if (event.kind !== 'open-hint' || event.word !== 'unknown') return step
        return { ...step, state: { ...step.state, stored: { ...step.state.stored, pending: null } }, durable: true }
      },
    },
  },
  {
    name: 'slot survives use',
    caughtBy: 'no slot is signed twice',
    bounds: { ...onePayment, pays: 2 },
    table: {
      vault: (state, event) => {
        const step = real.vault(event.kind === 'message-accepted' ? withoutPending(state) : state, event)
        if (event.kind !== 'message-accepted') return step
        return { ...step, state: { ...step.state, memory: { ...step.state.memory, slot: state.memory.slot } } }
      },
    },
  },
  {
    name: 'no (ctr,last) comparison',
    caughtBy: 'every bound attempt of a copy is noticed',
    bounds: { opens: 2, slots: 4, pays: 1, copies: 1, copyOpens: 1, copyPays: 1 },
    table: {
      device: (state, event) => {
        if (event.kind !== 'slot-received') return real.device(state, event)
        const { counter, last } = state.stored
        return real.device(state, { ...event, counter, last })
      },
    },
  },
]

/** Further mistakes that the eight leave out. */
export const moreMutants: readonly Mutant[] = [
  {
    name: 'a demand is met by the signature alone',
    caughtBy: 'nothing but a refresh is signed under an epoch that a refresh was demanded of',
    bounds: { opens: 3, slots: 3, pays: 2, demands: 1 },
    table: {
      vault: (state, event) => {
        const step = real.vault(state, event)
        if (event.kind !== 'cosignature-valid') return step
        return { ...step, state: { ...step.state, stored: { ...step.state.stored, demand: null } } }
      },
    },
  },
  {
    name: 'D takes a void attempt for a signed one',
    caughtBy: 'never "signed" for an unsigned one',
    bounds: { ...onePayment, restarts: 1 },
    table: {
      device: (state, event) => {
        const isVoid = event.kind === 'slot-received' && event.last.state === 4
        return real.device(state, isVoid ? { ...event, last: { ...event.last, state: 2 } } : event)
      },
    },
  },
  {
    name: 'an open costs a try',
    caughtBy: 'tries count exactly the attempts that were not signed',
    bounds: onePayment,
    table: {
      vault: (state, event) => {
        const step = real.vault(state, event)
        if (event.kind !== 'open' || step.answer.kind !== 'give-slot') return step
        return { ...step, state: { ...step.state, stored: { ...step.state.stored, tries: step.state.stored.tries - 1 } } }
      },
    },
  },
  {
    name: 'any alarm freezes',
    caughtBy: 'no wallet freezes without a copy',
    bounds: onePayment,
    table: {
      vault: (state, event) =>
        real.vault(event.kind === 'alarm' ? { ...state, memory: { ...state.memory, staleChallenge: event.challenge } } : state, event),
    },
  },
  {
    name: 'D forgets its attempt when it promotes',
    caughtBy: 'no alarm without a copy',
    bounds: onePayment,
    table: {
      device: (state, event) => {
        const isPending = event.kind === 'slot-received' && state.stored.pending !== null
        return real.device(isPending ? { stored: { ...state.stored, attempt: null }, memory: state.memory } : state, event)
      },
    },
  },
  {
    name: 'D forgets its attempt as it sends it',
    caughtBy: 'every state can finish',
    bounds: onePayment,
    table: {
      device: (state, event) => {
        const step = real.device(state, event)
        if (event.kind !== 'pay-started' || step.answer.kind !== 'send-message') return step
        return { ...step, state: { stored: { ...step.state.stored, attempt: null }, memory: emptyDeviceMemory } }
      },
    },
  },
]

/** Explores the mutant until the invariant that is to see it breaks. */
export function exploreMutant({ table, bounds, keeps, caughtBy }: Mutant): Exploration {
  const options = keeps === undefined ? { only: caughtBy } : { only: caughtBy, keeps }
  return explore({ ...real, ...table }, { ...noBounds, ...bounds }, options)
}

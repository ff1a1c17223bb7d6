import type { Medium, WriteRule } from './medium.ts'
import type { Rules } from './simulation.ts'

/** Real code with one rule taken out of it. What a simulation is worth is what it sees of these. */
export type Mutant = { readonly name: string; readonly finds: RegExp; readonly rules: Rules }

export const mutants: readonly Mutant[] = [
  {
    name: 'the vault commits the next epoch as it signs',
    finds: /^key lost/u,
    rules: {
      save: (change) => {
        const { pending } = change.after
        return change.signed === undefined || pending === null
          ? change
          : { ...change, after: { ...change.after, current: pending, pending: null } }
      },
    },
  },
  {
    name: 'a slot survives its use',
    finds: /^(double signature|error: Bug a slot is given out only)/u,
    rules: {
      slots: (slots) => ({
        ...slots,
        set: (walletId, next, options) => {
          const held = slots.get(walletId)
          if (options?.keepNonces !== true || held.slot === null) return slots.set(walletId, next, options)
          // The nonces are wiped in use, so what survives is a copy of them.
          const { hiding, binding } = held.slot.nonces
          const nonces = { ...held.slot.nonces, hiding: Uint8Array.from(hiding), binding: Uint8Array.from(binding) }
          return slots.set(walletId, { ...next, memory: held.memory, slot: { ...held.slot, nonces }, checked: held.checked }, options)
        },
      }),
    },
  },
  {
    name: 'the vault forgets what it signed',
    finds: /^(contradiction|double signature)/u,
    rules: {
      save: (change) => {
        const { last } = change.after
        if (change.signed === undefined || last.state !== 'done') return change
        const { done: _, ...facts } = last
        return { ...change, after: { ...change.after, last: { ...facts, state: 'void' } } }
      },
    },
  },
  {
    name: 'the medium acknowledges before it has written',
    finds: /^(key lost|contradiction|false alarm)/u,
    rules: { write: acknowledgeEarly },
  },
  { name: 'the device keeps one copy of its record', finds: /^key lost/u, rules: { write: keepOneCopy } },
]

// A save is two writes: what is held back is one whole save, until the next one comes or the page dies.
const heldBack = 2
function acknowledgeEarly(medium: Medium, file: Parameters<WriteRule>[1], write: Parameters<WriteRule>[2]): void {
  medium.unflushed.push({ file, ...write })
  for (const late of medium.unflushed.splice(0, Math.max(medium.unflushed.length - heldBack, 0))) {
    medium.files[late.file].set(late.bytes, late.offset)
  }
}

const recordSize = 16_384
function keepOneCopy(medium: Medium, file: Parameters<WriteRule>[1], { offset, bytes }: Parameters<WriteRule>[2]): void {
  medium.files[file].set(bytes, file === 'state' ? offset % recordSize : offset)
}

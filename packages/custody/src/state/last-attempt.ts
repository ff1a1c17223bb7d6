/** What became of the attempt on a slot, as the byte `last_state` of the slot frame says it (docs/custody.md 2): bound (1) never leaves. */
export const lastStateCodes = { none: 0, bound: 1, done: 2, wrong: 3, void: 4 } as const
export type LastStateName = keyof typeof lastStateCodes

/** The slot id that stands for "no attempt yet" on the wire. */
export const noSlotId = '00'.repeat(16)

/** Ids are lower-case hex in the state table: comparable, printable, never secret. */
export type HexId = string

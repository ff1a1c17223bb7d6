import type { Primitives } from './primitives.ts'

type Arithmetic = Pick<Primitives, 'group'>

/** a_d + δ. Mask it at once under a new salt: c' = a_d + δ − h' is what is stored, this value never is. */
export function advanceDeviceShare({ group }: Arithmetic, share: Uint8Array, delta: Uint8Array): Uint8Array {
  return group.addScalars(share, delta)
}

/** a_s − δ: the sum of both shares, and with it Y, stays. */
export function advanceVaultShare({ group }: Arithmetic, share: Uint8Array, delta: Uint8Array): Uint8Array {
  return group.subtractScalars(share, delta)
}

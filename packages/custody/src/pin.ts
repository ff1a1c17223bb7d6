import { argon2id } from 'hash-wasm'
import { hashToScalar, wipe } from './hashes.ts'
import type { Primitives } from './primitives.ts'

type Arithmetic = Pick<Primitives, 'group'>
export type PinCost = { readonly memoryKibibytes: number; readonly iterations: number; readonly parallelism: number }

/** argon2id with 64 MiB, three passes (docs/custody.md 9). */
export const defaultPinCost: PinCost = { memoryKibibytes: 65_536, iterations: 3, parallelism: 1 }

/** What turns c into a_d. `prf` is the output of a passkey's PRF; absent, the factor is the PIN alone. */
export type PinFactor = {
  readonly walletId: Uint8Array
  readonly salt: Uint8Array
  readonly stretchedPin: Uint8Array
  readonly prf?: Uint8Array
}

/** t = argon2id(PIN, salt_a): slow by intent. Kept in RAM only, until `done`. */
export function stretchPin(pin: string, walletSalt: Uint8Array, cost: PinCost = defaultPinCost): Promise<Uint8Array> {
  return argon2id({
    password: pin,
    salt: walletSalt,
    memorySize: cost.memoryKibibytes,
    iterations: cost.iterations,
    parallelism: cost.parallelism,
    hashLength: 32,
    outputType: 'binary',
  })
}

/** c = a_d − h. Independent of the PIN as long as a_d is not known, so it may be stored. */
export function maskShare({ group }: Arithmetic, share: Uint8Array, factor: PinFactor): Uint8Array {
  const blind = derivePinScalar({ group }, factor)
  const masked = group.subtractScalars(share, blind)
  wipe(blind)
  return masked
}

/** a_d = c + h. A wrong PIN gives another share and no sign of it: only the vault's answer tells. */
export function unmaskShare({ group }: Arithmetic, maskedShare: Uint8Array, factor: PinFactor): Uint8Array {
  const blind = derivePinScalar({ group }, factor)
  const share = group.addScalars(maskedShare, blind)
  wipe(blind)
  return share
}

/** h = h2s(pin; wallet, salt, t, prf). */
export function derivePinScalar({ group }: Arithmetic, factor: PinFactor): Uint8Array {
  return hashToScalar(group, 'pin', [factor.walletId, factor.salt, factor.stretchedPin, factor.prf ?? new Uint8Array()])
}

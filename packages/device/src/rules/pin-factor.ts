import type { PinFactor } from '@symbolon/custody/device'
import { hexToBytes } from '@symbolon/formats/bytes'

/** h's inputs as custody takes them: without a passkey there is no `prf` at all. */
export function pinFactor(parts: {
  readonly walletId: string
  readonly salt: Uint8Array
  readonly stretchedPin: Uint8Array
  readonly prf: Uint8Array | undefined
}): PinFactor {
  const { walletId, salt, stretchedPin, prf } = parts
  return { walletId: hexToBytes(walletId), salt, stretchedPin, ...(prf === undefined ? {} : { prf }) }
}

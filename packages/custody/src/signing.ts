import { encodeFrame } from './frame.ts'
import { signAsDevice, signAsVault } from './frost.ts'
import { nobleGroup } from './group/noble.ts'
import type { Primitives } from './primitives.ts'
import type { SignatureShare, Slot, SlotSecrets } from './types.ts'

/**
 * frame(hw; m): the bytes under sig_hw. A key of kind 0 signs them with ECDSA P-256 and SHA-256, r ‖ s in 64 bytes; a passkey (kind 1)
 * signs an assertion whose challenge is their SHA-256 (assertion.ts).
 */
export function encodeDeviceSignatureInput(message: Uint8Array): Uint8Array {
  return encodeFrame('hw', [message])
}

/** The device's share over m for a verified slot: fresh nonces, R and z in one step. */
export function signShare(
  primitives: Primitives,
  input: { readonly share: Uint8Array; readonly walletKey: Uint8Array; readonly slot: Slot; readonly message: Uint8Array },
): SignatureShare {
  return signAsDevice(primitives, { share: input.share, walletKey: input.walletKey, vault: input.slot, message: input.message })
}

/**
 * The vault's co-signature: σ, verified under Y, or undefined (a wrong PIN or a cheating device; nobody can tell which). Spends the
 * slot's nonces: a second call with the same slot throws.
 */
export function cosign(
  primitives: Primitives,
  input: {
    readonly share: Uint8Array
    readonly walletKey: Uint8Array
    readonly slot: SlotSecrets
    readonly deviceShare: SignatureShare
    readonly message: Uint8Array
  },
): Uint8Array | undefined {
  const { share, walletKey, slot, deviceShare, message } = input
  return signAsVault(primitives.group, { share, walletKey, nonces: slot.nonces, device: deviceShare, message })
}

/** Plain strict Ed25519 under Y: σ is an ordinary signature, so node:crypto or any other library answers the same. */
export function verifyJointSignature(input: {
  readonly walletKey: Uint8Array
  readonly message: Uint8Array
  readonly signature: Uint8Array
}): boolean {
  return nobleGroup.verify(input.signature, input.message, input.walletKey)
}

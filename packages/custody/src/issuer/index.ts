import type { Result } from '@symbolon/formats/result'
import type { KeyPair } from 'hpke'
import type { EnrolFields, GrantFields } from '../messages.ts'
import type { CustodyProblem } from '../problem.ts'

export { parseSignable } from '../messages.ts'
export type { SignableMessage, DeviceKeyKind, GrantFields, EnrolFields } from '../messages.ts'
export type { CustodyProblem, CustodyProblemCode } from '../problem.ts'

/** Plain strict Ed25519 under Y (noble). A process with node:crypto may verify the same bytes with it: σ is an ordinary signature. */
export declare function verifyJointSignature(input: {
  readonly walletKey: Uint8Array
  readonly message: Uint8Array
  readonly signature: Uint8Array
}): boolean
/** frame(hw; m): the bytes under sig_hw (kind 0: ECDSA P-256 SHA-256, r‖s 64 bytes). */
export declare function encodeDeviceSignatureInput(message: Uint8Array): Uint8Array

/** X-Wing. The seed (32 bytes) is the private key to store; the public key has 1216 bytes. */
export declare function createSealingKey(): Promise<{ readonly seed: Uint8Array; readonly publicKey: Uint8Array }>
export declare function importSealingKey(
  seed: Uint8Array,
): Promise<{ readonly keyPair: KeyPair; readonly publicKey: Uint8Array; readonly keyId: string }>
export declare function deriveSealingKeyId(publicKey: Uint8Array): string
/** Opens what the device sealed; any failure is CUSTODY_SEAL_INVALID. */
export declare function openCard(
  keyPair: KeyPair,
  binding: EnrolFields,
  sealed: { readonly encapsulatedSecret: Uint8Array; readonly ciphertext: Uint8Array },
): Promise<Result<Uint8Array, CustodyProblem>>

/** Bytes to sign with the certificate key (Ed25519). */
export declare function encodeGrant(grant: GrantFields): Uint8Array
export declare function verifyGrant(input: {
  readonly grant: Uint8Array
  readonly signature: Uint8Array
  readonly certificateKey: Uint8Array
}): Result<GrantFields, CustodyProblem>

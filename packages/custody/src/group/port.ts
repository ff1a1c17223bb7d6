/** The back ends, fastest first. All three compute the same; a test runs RFC 9591 across every pair. */
export const groupNames = ['sodium-native', 'libsodium-wasm', 'noble'] as const
export type GroupName = (typeof groupNames)[number]

/**
 * Ed25519 arithmetic on bytes: points as in RFC 8032, scalars little-endian and below L. A scalar that is not canonical, and a zero
 * one in a multiplication, throws. Foreign points go through `isValidPoint` once, where they enter; the other functions trust them.
 */
export interface Ed25519Group {
  readonly name: GroupName
  /** SHA-512, the hash of this ciphersuite (RFC 9591 section 6.1). */
  sha512(message: Uint8Array): Uint8Array
  /** Canonical, of prime order and not the identity. */
  isValidPoint(point: Uint8Array): boolean
  /** 64 little-endian bytes modulo L. */
  reduceScalar(wide: Uint8Array): Uint8Array
  addScalars(left: Uint8Array, right: Uint8Array): Uint8Array
  subtractScalars(left: Uint8Array, right: Uint8Array): Uint8Array
  multiplyScalars(left: Uint8Array, right: Uint8Array): Uint8Array
  /** Fixed-base multiplication; the scalar may be secret and is not zero. */
  multiplyBase(scalar: Uint8Array): Uint8Array
  /** Variable-base multiplication by a non-zero PUBLIC scalar: noble does not hide a secret one here, so no caller passes one. */
  multiplyByPublicScalar(scalar: Uint8Array, point: Uint8Array): Uint8Array
  addPoints(left: Uint8Array, right: Uint8Array): Uint8Array
  /** Plain strict Ed25519 verification (RFC 8032, no ZIP 215). Answers false on anything malformed. */
  verify(signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array): boolean
}

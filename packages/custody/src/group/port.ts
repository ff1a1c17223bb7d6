/**
 * Ed25519 arithmetic on bytes: points as in RFC 8032, scalars little-endian and below L. Functions throw on input that is not
 * canonical, on the identity and on points outside the prime-order group, so a caller checks foreign points with `isValidPoint` first.
 */
export interface Ed25519Group {
  readonly name: 'noble' | 'libsodium-wasm'
  /** Canonical, of prime order and not the identity. */
  isValidPoint(point: Uint8Array): boolean
  /** Canonical (below L); zero included. */
  isScalar(scalar: Uint8Array): boolean
  /** 64 little-endian bytes modulo L. */
  reduceScalar(wide: Uint8Array): Uint8Array
  addScalars(left: Uint8Array, right: Uint8Array): Uint8Array
  subtractScalars(left: Uint8Array, right: Uint8Array): Uint8Array
  multiplyScalars(left: Uint8Array, right: Uint8Array): Uint8Array
  /** Fixed-base multiplication; the scalar may be secret and is not zero. */
  multiplyBase(scalar: Uint8Array): Uint8Array
  /** Variable-base multiplication by a non-zero scalar. Callers pass public scalars only: noble does not hide a secret one here. */
  multiply(scalar: Uint8Array, point: Uint8Array): Uint8Array
  addPoints(left: Uint8Array, right: Uint8Array): Uint8Array
  /** Plain strict Ed25519 verification (RFC 8032, no ZIP 215). Never throws. */
  verify(signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array): boolean
}

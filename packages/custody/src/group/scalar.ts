import { hexToBytes } from '@symbolon/formats/bytes'

/** L, the order of the prime subgroup (RFC 8032 section 5.1), little-endian. */
const order = hexToBytes('edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010')

/** A scalar has one encoding: 32 bytes, little-endian, below L. Reads every byte whatever the answer: the scalar may be a share. */
export function isCanonicalScalar(scalar: Uint8Array): boolean {
  if (scalar.length !== 32) return false
  let borrow = 0
  for (const [index, limit] of order.entries()) borrow = (((scalar[index] ?? 0) - limit - borrow) >> 8) & 1
  return borrow === 1
}

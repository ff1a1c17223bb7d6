import { hexToBytes } from '@symbolon/formats/bytes'

/** L, the order of the prime subgroup (RFC 8032 section 5.1), little-endian. */
const order = new DataView(hexToBytes('edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010').buffer)

/** A scalar has one encoding: 32 bytes, little-endian, below L. Reads every byte whatever the answer: the scalar may be a share. */
export function isCanonicalScalar(scalar: Uint8Array): boolean {
  if (scalar.length !== 32) return false
  return scalar.reduce((borrow, byte, index) => ((byte - order.getUint8(index) - borrow) >> 8) & 1, 0) === 1
}

import { hexToBytes } from '@symbolon/formats/bytes'
import { assert } from '@symbolon/formats/result'

/** L, the order of the prime subgroup (RFC 8032 section 5.1), little-endian. */
const order = hexToBytes('edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010')

/** A scalar has one encoding: 32 bytes, little-endian, below L. Reads every byte whatever the answer: the scalar may be a share. */
export function isCanonicalScalar(scalar: Uint8Array): boolean {
  if (scalar.length !== 32) return false
  let borrow = 0
  for (let index = 0; index < 32; index += 1) borrow = (((scalar[index] ?? 0) - (order[index] ?? 0) - borrow) >> 8) & 1
  return borrow === 1
}

/** The scalar itself. libsodium reduces what it is given; the port promises to refuse it, as noble does. */
export function canonical(scalar: Uint8Array): Uint8Array {
  assert(isCanonicalScalar(scalar), 'a scalar is canonical')
  return scalar
}

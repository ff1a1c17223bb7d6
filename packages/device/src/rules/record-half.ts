import { sha256 } from '@noble/hashes/sha2.js'
import { concatBytes, isEqualBytes } from '@symbolon/formats/bytes'
import { assert } from '@symbolon/formats/result'

/** The device's half of a card record (M′ ⊕ R), with what shows that two halves belong together (2-custody 1.9). */
export type RecordHalf = {
  readonly recordId: Uint8Array
  readonly half: Uint8Array
  readonly commitment: Uint8Array
  /** One commitment a field, in the order of the record's fields. */
  readonly fieldCommitments: readonly Uint8Array[]
}

/** Bytes that each half takes in the records file. */
export const recordHalfStride = 2_048
const idSize = 16
const halfSize = 1_056
const digestSize = 32
const fieldCount = 5
const contentSize = idSize + halfSize + digestSize * (1 + fieldCount)

export function encodeRecordHalf({ recordId, half, commitment, fieldCommitments }: RecordHalf): Uint8Array {
  const content = concatBytes(recordId, half, commitment, ...fieldCommitments)
  assert(content.length === contentSize, 'a record half has its fixed size')
  const bytes = new Uint8Array(recordHalfStride)
  bytes.set(content)
  bytes.set(sha256(content), contentSize)
  return bytes
}

/** Undefined for a place where nothing whole is stored. */
export function parseRecordHalf(bytes: Uint8Array): RecordHalf | undefined {
  if (bytes.length !== recordHalfStride) return undefined
  const content = bytes.slice(0, contentSize)
  if (!isEqualBytes(sha256(content), bytes.subarray(contentSize, contentSize + digestSize))) return undefined
  const commitmentsStart = idSize + halfSize
  const commitments = Array.from({ length: 1 + fieldCount }, (_, index) =>
    content.slice(commitmentsStart + index * digestSize, commitmentsStart + (index + 1) * digestSize),
  )
  const [commitment = new Uint8Array(0), ...fieldCommitments] = commitments
  return { recordId: content.slice(0, idSize), half: content.slice(idSize, commitmentsStart), commitment, fieldCommitments }
}

import { sha256 } from '@noble/hashes/sha2.js'
import { concatBytes, isEqualBytes } from '@symbolon/formats/bytes'
import { assert } from '@symbolon/formats/result'

/** The device's half of a card record (M′ ⊕ R), with what shows that two halves belong together (docs/custody.md 11). */
export type RecordHalf = {
  readonly recordId: Uint8Array
  /** The epoch under which the half took its present value: a move that was cut off is told by it from one that was made. */
  readonly epochId: Uint8Array
  readonly half: Uint8Array
  readonly commitment: Uint8Array
  /** One commitment a field, in the order of the record's fields. */
  readonly fieldCommitments: readonly Uint8Array[]
}

/** Bytes of one copy of a half. A place in the records file holds two, so that a write that tears leaves one whole (docs/custody.md 15). */
export const recordCopySize = 2_048
export const recordPlaceSize = 2 * recordCopySize
const idSize = 16
const halfSize = 1_056
const digestSize = 32
const fieldCount = 5
const contentSize = 2 * idSize + halfSize + digestSize * (1 + fieldCount)

export function encodeRecordHalf({ recordId, epochId, half, commitment, fieldCommitments }: RecordHalf): Uint8Array {
  const content = concatBytes(recordId, epochId, half, commitment, ...fieldCommitments)
  assert(content.length === contentSize, 'a record half has its fixed size')
  const bytes = new Uint8Array(recordCopySize)
  bytes.set(content)
  bytes.set(sha256(content), contentSize)
  return bytes
}

/** Undefined for a place where nothing whole is stored. */
export function parseRecordHalf(bytes: Uint8Array): RecordHalf | undefined {
  if (bytes.length !== recordCopySize) return undefined
  const content = bytes.slice(0, contentSize)
  if (!isEqualBytes(sha256(content), bytes.subarray(contentSize, contentSize + digestSize))) return undefined
  const halfStart = 2 * idSize
  const commitmentsStart = halfStart + halfSize
  const commitments = Array.from({ length: 1 + fieldCount }, (_, index) =>
    content.slice(commitmentsStart + index * digestSize, commitmentsStart + (index + 1) * digestSize),
  )
  const [commitment = new Uint8Array(0), ...fieldCommitments] = commitments
  return {
    recordId: content.slice(0, idSize),
    epochId: content.slice(idSize, halfStart),
    half: content.slice(halfStart, commitmentsStart),
    commitment,
    fieldCommitments,
  }
}

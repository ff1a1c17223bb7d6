import { sha256 } from '@noble/hashes/sha2.js'
import { concatBytes, isEqualBytes } from '@symbolon/formats/bytes'
import { assert, fail, ok, type Result } from '@symbolon/formats/result'

/** Bytes of one record: generation 8 ‖ body ‖ SHA-256 32 (docs/custody.md 15). Two of them alternate in one file. */
export const recordSize = 16_384
const generationSize = 8
const digestSize = 32
const lengthSize = 4
/** The longest text that a record holds. */
export const maximumBodySize = recordSize - generationSize - digestSize - lengthSize

export type StoredRecord = { readonly generation: bigint; readonly body: Uint8Array; readonly copy: 0 | 1 }

/** One record, always of the same size: what is shorter than before leaves no rest of it behind. */
export function encodeRecord(generation: bigint, body: Uint8Array): Uint8Array {
  assert(body.length <= maximumBodySize, 'a wallet fits into its record')
  const content = new Uint8Array(recordSize - digestSize)
  const view = new DataView(content.buffer)
  view.setBigUint64(0, generation)
  view.setUint32(generationSize, body.length)
  content.set(body, generationSize + lengthSize)
  return concatBytes(content, sha256(content))
}

/**
 * Finds the newest whole record of the two copies; undefined when nothing was ever stored. A torn first write leaves one copy
 * untouched and counts as nothing; two broken copies are damage, never an empty wallet.
 */
export function chooseRecord(
  first: Uint8Array,
  second: Uint8Array,
): Result<StoredRecord | undefined, { readonly code: 'WALLET_STORAGE_DAMAGED' }> {
  const [left, right] = [parseRecord(first, 0), parseRecord(second, 1)]
  if (left !== undefined && right !== undefined) return ok(left.generation >= right.generation ? left : right)
  if (left !== undefined || right !== undefined) return ok(left ?? right)
  return isUntouched(first) || isUntouched(second) ? ok(undefined) : fail({ code: 'WALLET_STORAGE_DAMAGED' })
}

function parseRecord(bytes: Uint8Array, copy: 0 | 1): StoredRecord | undefined {
  if (bytes.length !== recordSize) return undefined
  const content = bytes.subarray(0, recordSize - digestSize)
  if (!isEqualBytes(sha256(content), bytes.subarray(recordSize - digestSize))) return undefined
  const view = new DataView(content.buffer, content.byteOffset, content.byteLength)
  const size = view.getUint32(generationSize)
  if (size > maximumBodySize) return undefined
  const start = generationSize + lengthSize
  return { generation: view.getBigUint64(0), body: content.slice(start, start + size), copy }
}

function isUntouched(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0)
}

import { bytesToHex, concatBytes, hexToBytes } from './bytes.ts'
import { assert, fail, ok, type Result } from './result.ts'

/** One BER-TLV object (ISO/IEC 8825-1, EMV Book 3 annex B): the tag as upper-case hex, the value as it lies there. */
export type TlvElement = { readonly tag: string; readonly value: Uint8Array }

export type TlvReason = 'oversized' | 'too-many' | 'truncated' | 'tag' | 'length' | 'duplicate'
/** `tag` is absent when none could be read. */
export type TlvProblem = { readonly code: 'TLV_MALFORMED'; readonly reason: TlvReason; readonly tag?: string }

export type TlvLimits = {
  /** Default 999, which is as much as DE 48 holds. */
  readonly maximumBytes?: number
  /** Default 64. */
  readonly maximumElements?: number
  readonly refuseDuplicates?: boolean
}

const maximumTagBytes = 3
const maximumValueBytes = 0xffff

/** Whether the value of this tag holds objects itself; parse it again to see them. */
export function isConstructed(tag: string): boolean {
  return (Number.parseInt(tag.slice(0, 2), 16) & 0x20) !== 0
}

/** Writes objects one after the other, lengths in their shortest form. */
export function encodeTlv(elements: readonly TlvElement[]): Uint8Array {
  return concatBytes(...elements.flatMap(({ tag, value }) => [encodeTag(tag), encodeLength(value.length), value]))
}

/** Reads every byte as objects, or says what is wrong: definite and shortest lengths only, no filler, nothing behind. */
export function parseTlv(bytes: Uint8Array, limits: TlvLimits = {}): Result<readonly TlvElement[], TlvProblem> {
  const { maximumBytes = 999, maximumElements = 64, refuseDuplicates = false } = limits
  if (bytes.length > maximumBytes) return refuse('oversized')
  const elements: TlvElement[] = []
  for (let offset = 0; offset < bytes.length;) {
    const tagSize = measureTag(bytes, offset)
    if (typeof tagSize !== 'number') return refuse(tagSize)
    const tag = bytesToHex(bytes.subarray(offset, offset + tagSize)).toUpperCase()
    const length = readLength(bytes, offset + tagSize)
    if (typeof length === 'string') return refuse(length, tag)
    const end = length.valueAt + length.size
    if (end > bytes.length) return refuse('truncated', tag)
    if (elements.length >= maximumElements) return refuse('too-many', tag)
    if (refuseDuplicates && elements.some((element) => element.tag === tag)) return refuse('duplicate', tag)
    elements.push({ tag, value: bytes.slice(length.valueAt, end) })
    offset = end
  }
  return ok(elements)
}

/** The value of the first object with a tag. */
export function findTlv(elements: readonly TlvElement[], tag: string): Uint8Array | undefined {
  return elements.find((element) => element.tag === tag)?.value
}

function encodeTag(tag: string): Uint8Array {
  assert(/^([0-9A-F]{2}){1,3}$/u.test(tag), 'a tag is one to three bytes in upper-case hex')
  const bytes = hexToBytes(tag)
  assert(measureTag(bytes, 0) === bytes.length, 'a tag is well formed')
  return bytes
}

function encodeLength(length: number): Uint8Array {
  assert(length <= maximumValueBytes, 'a value is at most 65535 bytes')
  if (length < 0x80) return Uint8Array.of(length)
  return length <= 0xff ? Uint8Array.of(0x81, length) : Uint8Array.of(0x82, length >> 8, length & 0xff)
}

// A tag of 00 is the filler that EMV readers skip; here every byte has to mean something.
function measureTag(bytes: Uint8Array, offset: number): number | 'tag' | 'truncated' {
  const first = bytes[offset]
  if (first === undefined) return 'truncated'
  if (first === 0) return 'tag'
  if ((first & 0x1f) !== 0x1f) return 1
  for (let size = 2; size <= maximumTagBytes; size += 1) {
    const next = bytes[offset + size - 1]
    if (next === undefined) return 'truncated'
    if (size === 2 && next === 0x80) return 'tag'
    if ((next & 0x80) === 0) return size
  }
  return 'tag'
}

function readLength(bytes: Uint8Array, offset: number): { readonly size: number; readonly valueAt: number } | 'length' | 'truncated' {
  const first = bytes[offset]
  if (first === undefined) return 'truncated'
  if (first < 0x80) return { size: first, valueAt: offset + 1 }
  // 80 is the indefinite form.
  const count = first - 0x80
  if (count < 1 || count > 2) return 'length'
  if (offset + count >= bytes.length) return 'truncated'
  const size = count === 1 ? (bytes[offset + 1] ?? 0) : ((bytes[offset + 1] ?? 0) << 8) | (bytes[offset + 2] ?? 0)
  const isShortest = count === 1 ? size >= 0x80 : size > 0xff
  return isShortest ? { size, valueAt: offset + 1 + count } : 'length'
}

function refuse(reason: TlvReason, tag?: string): { readonly ok: false; readonly problem: TlvProblem } {
  return fail(tag === undefined ? { code: 'TLV_MALFORMED', reason } : { code: 'TLV_MALFORMED', reason, tag })
}

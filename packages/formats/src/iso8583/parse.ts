import { fail, ok, type Result } from '../result.ts'
import { hexToBytes } from '../bytes.ts'
import { bytesToCharacters, hasContent, unpackDigits } from './characters.ts'
import { layoutOf, prefixBytes, valueBytes, type IsoDialect } from './dialects.ts'
import { maximumMessageBytes } from './encode.ts'
import { formatByNumber, type IsoFields, type IsoMessage, type NamedFormat } from './fields.ts'
import { isMessageType } from './message-types.ts'
import type { IsoProblem, IsoReason } from './problem.ts'

/** What could be read before the first problem: enough, often, to answer with DE 39 = 30. */
export type MessageReading = { readonly messageType?: string; readonly fields: IsoFields; readonly problem?: IsoProblem }

type Cursor = { readonly dialect: IsoDialect; readonly bytes: Uint8Array; offset: number }
type Step<Value> = Result<Value, IsoProblem>

const hexDigits = /^[0-9A-F]*$/u
const empty = {} as const

/** Reads a message strictly: writing the value again gives the same bytes. The first problem is answered, with its element. */
export function parseMessage(dialect: IsoDialect, bytes: Uint8Array): Result<IsoMessage, IsoProblem> {
  const { messageType, fields, problem } = readMessage(dialect, bytes)
  if (problem !== undefined) return fail(problem)
  return messageType === undefined ? refuse(0, 'message-type') : ok({ messageType, fields })
}

/** Reads as far as the message is well formed. Never throws. */
export function readMessage(dialect: IsoDialect, bytes: Uint8Array): MessageReading {
  if (bytes.length > maximumMessageBytes) return { fields: empty, problem: { code: 'ISO8583_MALFORMED', reason: 'oversized' } }
  const cursor: Cursor = { dialect, bytes, offset: 0 }
  const type = readMessageType(cursor)
  if (!type.ok) return { fields: empty, problem: type.problem }
  const numbers = readBitmaps(cursor)
  if (!numbers.ok) return { messageType: type.value, fields: empty, problem: numbers.problem }
  const values: Record<string, string | Uint8Array> = {}
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the parser: each value was checked against its element's content
  const fields = values as IsoFields
  for (const number of numbers.value) {
    const format = formatByNumber.get(number)
    const value = format === undefined ? refuse(number, 'unknown-field') : readField(cursor, format)
    if (!value.ok) return { messageType: type.value, fields, problem: value.problem }
    if (format !== undefined) values[format.name] = value.value
  }
  if (cursor.offset === bytes.length) return { messageType: type.value, fields }
  return { messageType: type.value, fields, problem: { code: 'ISO8583_MALFORMED', reason: 'trailing-bytes' } }
}

function readMessageType(cursor: Cursor): Step<string> {
  const bytes = take(cursor, 0, cursor.dialect === 'ascii' ? 4 : 2)
  if (!bytes.ok) return bytes
  const text = cursor.dialect === 'ascii' ? bytesToCharacters(bytes.value) : unpackDigits(bytes.value, 4, 'left')
  return text !== undefined && isMessageType(text) ? ok(text) : refuse(0, 'message-type')
}

function readBitmaps(cursor: Cursor): Step<readonly number[]> {
  const primary = readBitmap(cursor, 0)
  if (!primary.ok || primary.value[0] !== 1) return primary
  const secondary = readBitmap(cursor, 64)
  if (!secondary.ok) return secondary
  // Bit 1 announces elements above 64; without any the message has two encodings, and only one is accepted.
  if (secondary.value.length === 0) return refuse(1, 'bitmap')
  return ok([...primary.value.slice(1), ...secondary.value])
}

function readBitmap(cursor: Cursor, base: number): Step<readonly number[]> {
  const bytes = take(cursor, 1, cursor.dialect === 'ascii' ? 16 : 8)
  if (!bytes.ok) return bytes
  const text = bytesToCharacters(bytes.value)
  if (cursor.dialect === 'ascii' && !hexDigits.test(text)) return refuse(1, 'wrong-characters')
  const bits = cursor.dialect === 'ascii' ? hexToBytes(text) : bytes.value
  return ok(
    Array.from({ length: 64 }, (_unused, index) => index + 1)
      .filter((number) => isSet(bits, number))
      .map((number) => base + number),
  )
}

function isSet(bits: Uint8Array, number: number): boolean {
  return ((bits[(number - 1) >> 3] ?? 0) & (0x80 >> ((number - 1) & 7))) !== 0
}

function readField(cursor: Cursor, format: NamedFormat): Step<string | Uint8Array> {
  const length = readLength(cursor, format)
  if (!length.ok) return length
  const layout = layoutOf(cursor.dialect, format)
  const bytes = take(cursor, format.number, valueBytes(layout, length.value))
  if (!bytes.ok) return bytes
  const characters = bytesToCharacters(bytes.value)
  switch (layout) {
    case 'characters':
      return checked(format, characters)
    case 'digits-left-padded':
      return checked(format, unpackDigits(bytes.value, length.value, 'left'))
    case 'digits-right-padded':
      return checked(format, unpackDigits(bytes.value, length.value, 'right'))
    case 'hex':
      return hexDigits.test(characters) ? ok(hexToBytes(characters)) : refuse(format.number, 'wrong-characters')
    case 'bytes': {
      const isRefused = format.content === 'ansb' && cursor.dialect === 'ascii' && !hasContent('ansb', characters)
      return isRefused ? refuse(format.number, 'wrong-characters') : ok(bytes.value.slice())
    }
  }
}

function readLength(cursor: Cursor, format: NamedFormat): Step<number> {
  if (format.size === 'fixed') return ok(format.length)
  const bytes = take(cursor, format.number, prefixBytes(cursor.dialect, format))
  if (!bytes.ok) return bytes
  const text = cursor.dialect === 'ascii' ? bytesToCharacters(bytes.value) : unpackDigits(bytes.value, bytes.value.length * 2, 'left')
  if (text === undefined || !hasContent('n', text)) return refuse(format.number, 'wrong-length')
  const length = Number(text)
  return length >= 1 && length <= format.length ? ok(length) : refuse(format.number, 'wrong-length')
}

function checked(format: NamedFormat, text: string | undefined): Step<string> {
  return text !== undefined && hasContent(format.content, text) ? ok(text) : refuse(format.number, 'wrong-characters')
}

function take(cursor: Cursor, field: number, size: number): Step<Uint8Array> {
  const end = cursor.offset + size
  if (end > cursor.bytes.length) return refuse(field, 'truncated')
  const bytes = cursor.bytes.subarray(cursor.offset, end)
  cursor.offset = end
  return ok(bytes)
}

function refuse(field: number, reason: IsoReason): { readonly ok: false; readonly problem: IsoProblem } {
  return fail({ code: 'ISO8583_MALFORMED', field, reason })
}

import { bytesToHex, concatBytes, hexToBytes } from '../bytes.ts'
import { fail, ok, type Result } from '../result.ts'
import { bytesToCharacters, charactersToBytes, hasContent, packDigits } from './characters.ts'
import { layoutOf, type IsoDialect } from './dialects.ts'
import { fieldFormats, formatsInOrder, type IsoMessage, type NamedFormat } from './fields.ts'
import { isMessageType } from './message-types.ts'
import type { IsoProblem, IsoReason } from './problem.ts'

/** The longest message in either direction. */
export const maximumMessageBytes = 8_192

/** Writes a message, or says which element cannot be written. The secondary bitmap is there only when an element above 64 is. */
export function encodeMessage(dialect: IsoDialect, message: IsoMessage): Result<Uint8Array, IsoProblem> {
  if (!isMessageType(message.messageType)) return refuse(0, 'message-type')
  if (Object.keys(message.fields).some((name) => !Object.hasOwn(fieldFormats, name))) {
    return fail({ code: 'ISO8583_NOT_ENCODABLE', reason: 'unknown-field' })
  }
  const present = formatsInOrder.filter((format) => message.fields[format.name] !== undefined)
  const parts = [encodeMessageType(dialect, message.messageType), encodeBitmaps(dialect, present)]
  for (const format of present) {
    const encoded = encodeField(dialect, format, message.fields[format.name] ?? '')
    if (!encoded.ok) return encoded
    parts.push(encoded.value)
  }
  const bytes = concatBytes(...parts)
  return bytes.length <= maximumMessageBytes ? ok(bytes) : fail({ code: 'ISO8583_NOT_ENCODABLE', reason: 'oversized' })
}

function encodeMessageType(dialect: IsoDialect, type: string): Uint8Array {
  return dialect === 'ascii' ? charactersToBytes(type) : packDigits(type, 'left')
}

function encodeBitmaps(dialect: IsoDialect, present: readonly NamedFormat[]): Uint8Array {
  const hasSecondary = present.some((format) => format.number > 64)
  const bitmaps = new Uint8Array(hasSecondary ? 16 : 8)
  for (const number of [...(hasSecondary ? [1] : []), ...present.map((format) => format.number)]) {
    bitmaps[(number - 1) >> 3] = (bitmaps[(number - 1) >> 3] ?? 0) | (0x80 >> ((number - 1) & 7))
  }
  return dialect === 'ascii' ? charactersToBytes(bytesToHex(bitmaps).toUpperCase()) : bitmaps
}

function encodeField(dialect: IsoDialect, format: NamedFormat, value: string | Uint8Array): Result<Uint8Array, IsoProblem> {
  const isBytes = format.content === 'b' || format.content === 'ansb'
  if (isBytes !== (typeof value !== 'string')) return refuse(format.number, 'wrong-characters')
  const isRightLength = format.size === 'fixed' ? value.length === format.length : value.length >= 1 && value.length <= format.length
  if (!isRightLength) return refuse(format.number, 'wrong-length')
  const text = typeof value === 'string' ? value : format.content === 'ansb' && dialect === 'ascii' ? bytesToCharacters(value) : ''
  if (!hasContent(format.content, text)) return refuse(format.number, 'wrong-characters')
  return ok(concatBytes(encodePrefix(dialect, format, value.length), encodeValue(dialect, format, value)))
}

function encodePrefix(dialect: IsoDialect, format: NamedFormat, length: number): Uint8Array {
  if (format.size === 'fixed') return new Uint8Array(0)
  const text = String(length).padStart(format.size === 'LL' ? 2 : 3, '0')
  return dialect === 'ascii' ? charactersToBytes(text) : packDigits(text, 'left')
}

function encodeValue(dialect: IsoDialect, format: NamedFormat, value: string | Uint8Array): Uint8Array {
  if (typeof value !== 'string') {
    return layoutOf(dialect, format) === 'hex' ? charactersToBytes(bytesToHex(value).toUpperCase()) : value
  }
  switch (layoutOf(dialect, format)) {
    case 'characters':
      return charactersToBytes(value)
    case 'digits-left-padded':
      return packDigits(value, 'left')
    case 'digits-right-padded':
      return packDigits(value, 'right')
    case 'hex':
    case 'bytes':
      return hexToBytes(value)
  }
}

function refuse(field: number, reason: IsoReason): { readonly ok: false; readonly problem: IsoProblem } {
  return fail({ code: 'ISO8583_NOT_ENCODABLE', field, reason })
}

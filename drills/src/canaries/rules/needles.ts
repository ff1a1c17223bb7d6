import { bytesToBase64, utf8ToBytes } from '@symbolon/formats/bytes'

/** One planted value in one encoding. `name` says which value, never the value itself: reports are read by many. */
export type Needle = { readonly name: string; readonly encoding: string; readonly bytes: Uint8Array }

/** Shorter than this, a run of bytes occurs by chance in a process of some hundred megabytes. */
export const minimumNeedleBytes = 6

/**
 * Every way in which a value may lie in memory, in a file or on a wire: as text (ASCII/UTF-8, UTF-16 both ways), as packed
 * digits (BCD, both nibble alignments), as hex of its text, as base64 of its text at each of the three alignments.
 */
export function createNeedles(name: string, value: string): readonly Needle[] {
  const text = utf8ToBytes(value)
  const candidates: readonly (readonly [string, Uint8Array])[] = [
    ['text', text],
    ['utf-16le', toUtf16(value, 'little')],
    ['utf-16be', toUtf16(value, 'big')],
    ['hex', utf8ToBytes(toHex(text))],
    ['HEX', utf8ToBytes(toHex(text).toUpperCase())],
    ...toBase64Cores(text).map((core, alignment) => [`base64+${String(alignment)}`, utf8ToBytes(core)] as const),
    ...(/^\d+$/u.test(value) ? toPackedDigits(value) : []),
  ]
  return candidates.filter(([, bytes]) => bytes.length >= minimumNeedleBytes).map(([encoding, bytes]) => ({ name, encoding, bytes }))
}

/** For values so short that chance finds them: text alone, to be counted beside unplanted values of the same shape. */
export function createCountedNeedle(name: string, value: string): Needle {
  return { name, encoding: 'text', bytes: utf8ToBytes(value) }
}

function toHex(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}

function toUtf16(value: string, endian: 'little' | 'big'): Uint8Array {
  const bytes = new Uint8Array(value.length * 2)
  const view = new DataView(bytes.buffer)
  for (let index = 0; index < value.length; index += 1) view.setUint16(index * 2, value.charCodeAt(index), endian === 'little')
  return bytes
}

// Base64 mixes three bytes into four characters: what surrounds the value changes its first and last characters, so only the
// characters that depend on the value alone are looked for.
function toBase64Cores(bytes: Uint8Array): readonly string[] {
  return [0, 1, 2].map((lead) => {
    const padded = new Uint8Array(lead + bytes.length)
    padded.set(bytes, lead)
    const encoded = bytesToBase64(padded).replace(/=+$/u, '')
    const first = lead === 0 ? 0 : lead + 1
    return encoded.slice(first, Math.floor(((lead + bytes.length) * 8) / 6))
  })
}

// BCD: the digits may start in the high or in the low nibble; a half byte at either end belongs to the neighbour.
function toPackedDigits(digits: string): readonly (readonly [string, Uint8Array])[] {
  return [0, 1].map((offset) => {
    const whole = digits.slice(offset, offset + Math.floor((digits.length - offset) / 2) * 2)
    const bytes = Uint8Array.from(whole.match(/../gu) ?? [], (pair) => Number.parseInt(pair, 16))
    return [`bcd+${String(offset)}`, bytes] as const
  })
}

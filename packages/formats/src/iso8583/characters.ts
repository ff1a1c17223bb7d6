import type { FieldContent } from './fields.ts'

const digits = /^[0-9]*$/u
const alphanumeric = /^[0-9A-Za-z ]*$/u
const printable = /^[\x20-\x7e]*$/u
// Track 2 (ISO/IEC 7813): digits and one separator, '=' on the card, D in packed digits.
const track2 = /^[0-9]*(?:[=D][0-9]*)?$/u

/** Whether a text may stand in an element with this content. */
export function hasContent(content: FieldContent, text: string): boolean {
  switch (content) {
    case 'n':
      return digits.test(text)
    case 'an':
      return alphanumeric.test(text)
    case 'z':
      return track2.test(text)
    case 'ans':
    case 'ansb':
    case 'b':
      return printable.test(text)
  }
}

export function bytesToCharacters(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += String.fromCharCode(byte)
  return text
}

/** For text of which every character is below 128. */
export function charactersToBytes(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0))
}

/** Two digits to the byte; '=' and 'D' are nibble D. */
export function packDigits(text: string, padding: 'left' | 'right'): Uint8Array {
  const even = text.length % 2 === 0 ? text : padding === 'left' ? `0${text}` : `${text}0`
  return Uint8Array.from({ length: even.length / 2 }, (_unused, index) => (nibble(even, index * 2) << 4) | nibble(even, index * 2 + 1))
}

/** Undoes `packDigits`, nibble D as '='; undefined when the padding is not zero. What is no digit stays a letter for the content check. */
export function unpackDigits(bytes: Uint8Array, length: number, padding: 'left' | 'right'): string | undefined {
  const text = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
  const isPadded = text.length !== length
  if (isPadded && (padding === 'left' ? text.at(0) : text.at(-1)) !== '0') return undefined
  const bare = !isPadded ? text : padding === 'left' ? text.slice(1) : text.slice(0, -1)
  return bare.replaceAll('d', '=')
}

function nibble(text: string, index: number): number {
  const code = text.charCodeAt(index)
  return code === 0x3d || code === 0x44 ? 0x0d : code - 0x30
}

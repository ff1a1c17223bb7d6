import { parseUtf8, utf8ToBytes } from '@symbolon/formats/bytes'
import { assert } from '@symbolon/formats/result'
import type { Field } from './frame.ts'

/** Exactly `size` bytes. */
export function bytes(size: number): Field<Uint8Array> {
  return variableBytes(size, size)
}

/** From `minimum` to `maximum` bytes. */
export function variableBytes(minimum: number, maximum: number): Field<Uint8Array> {
  const fits = (value: Uint8Array): boolean => value.length >= minimum && value.length <= maximum
  return {
    encode(value) {
      assert(fits(value), 'a frame field has its fixed size')
      return value
    },
    parse: (value) => (fits(value) ? value : undefined),
  }
}

/** Nothing, or exactly `size` bytes. */
export function emptyOr(size: number): Field<Uint8Array> {
  const fits = (value: Uint8Array): boolean => value.length === 0 || value.length === size
  return {
    encode(value) {
      assert(fits(value), 'a frame field is empty or has its fixed size')
      return value
    },
    parse: (value) => (fits(value) ? value : undefined),
  }
}

/** Printable ASCII without space, from one to `maximum` characters. */
export function asciiWord(maximum: number): Field<string> {
  const encode = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0))
  const fits = (value: Uint8Array): boolean =>
    value.length >= 1 && value.length <= maximum && value.every((byte) => byte > 0x20 && byte < 0x7f)
  return {
    encode(text) {
      assert(/^[!-~]+$/.test(text) && text.length <= maximum, 'a word of a frame is short printable ASCII')
      return encode(text)
    },
    parse: (value) => (fits(value) ? String.fromCharCode(...value) : undefined),
  }
}

/** UTF-8 text of up to `maximum` bytes, maybe empty. */
export function text(maximum: number): Field<string> {
  const whole = variableBytes(0, maximum)
  return {
    encode: (value) => whole.encode(utf8ToBytes(value)),
    parse(value) {
      const decoded = parseUtf8(value)
      return decoded.ok && value.length <= maximum ? decoded.value : undefined
    },
  }
}

/** Exactly `size` decimal digits. */
export function digits(size: number): Field<string> {
  const word = asciiWord(size)
  const fits = (text: string): boolean => text.length === size && /^[0-9]+$/.test(text)
  return {
    encode(text) {
      assert(fits(text), 'a digit field of a frame is full')
      return word.encode(text)
    },
    parse(value) {
      const text = word.parse(value)
      return text !== undefined && fits(text) ? text : undefined
    },
  }
}

/** Big-endian unsigned integer of `size` bytes as bigint. */
export function unsignedBigint(size: number): Field<bigint> {
  return {
    encode(value) {
      assert(value >= 0n && value < 1n << BigInt(8 * size), 'an integer fits its frame field')
      return Uint8Array.from({ length: size }, (_, index) => Number((value >> BigInt(8 * (size - 1 - index))) & 0xffn))
    },
    parse: (value) => (value.length === size ? value.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n) : undefined),
  }
}

/** Big-endian unsigned integer as a safe number: seconds, counters, small codes. What a number cannot hold is refused. */
export function unsigned(size: number): Field<number> {
  const wide = unsignedBigint(size)
  return {
    encode(value) {
      assert(Number.isSafeInteger(value), 'an integer of a frame is safe')
      return wide.encode(BigInt(value))
    },
    parse(value) {
      const number = wide.parse(value)
      return number !== undefined && number <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(number) : undefined
    },
  }
}

/** One byte out of a short list. */
export function oneOf<const Code extends number>(codes: readonly Code[]): Field<Code> {
  return {
    encode(code) {
      assert(codes.includes(code), 'a code of a frame is a listed one')
      return Uint8Array.of(code)
    },
    parse: (value) => (value.length === 1 ? codes.find((code) => code === value[0]) : undefined),
  }
}

import { base32nopad, base64, base64urlnopad, hex, utf8 } from '@scure/base'
import { fail, ok, type Result } from './result.ts'

/** Text encodings of bytes. Encoders cannot fail; parsers take untrusted text and answer with a problem. */
export const bytesToHex = (bytes: Uint8Array): string => hex.encode(bytes)
export const bytesToBase64 = (bytes: Uint8Array): string => base64.encode(bytes)
export const bytesToBase64url = (bytes: Uint8Array): string => base64urlnopad.encode(bytes)
export const bytesToBase32 = (bytes: Uint8Array): string => base32nopad.encode(bytes)
export const utf8ToBytes = (text: string): Uint8Array => utf8.decode(text)

/** For text that is known to be valid: constants, our own output. Throws on anything else. */
export const hexToBytes = (text: string): Uint8Array => hex.decode(text)
export const base64ToBytes = (text: string): Uint8Array => base64.decode(text)
export const base64urlToBytes = (text: string): Uint8Array => base64urlnopad.decode(text)

export type EncodingProblem = { readonly code: 'REQUEST_ENCODING_INVALID' }

export function parseHex(text: string): Result<Uint8Array, EncodingProblem> {
  return parseWith(hexToBytes, text)
}
export function parseBase64(text: string): Result<Uint8Array, EncodingProblem> {
  return parseWith(base64ToBytes, text)
}
export function parseBase64url(text: string): Result<Uint8Array, EncodingProblem> {
  return parseWith(base64urlToBytes, text)
}
export function parseUtf8(bytes: Uint8Array): Result<string, EncodingProblem> {
  return parseWith((input: Uint8Array) => utf8.encode(input), bytes)
}

export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array {
  let size = 0
  for (const part of parts) size += part.length
  const whole = new Uint8Array(size)
  let offset = 0
  for (const part of parts) {
    whole.set(part, offset)
    offset += part.length
  }
  return whole
}

/** Compares in time that depends on the lengths only. */
export function isEqualBytes(left: Uint8Array, right: Uint8Array): boolean {
  if (left.length !== right.length) return false
  let difference = 0
  for (let index = 0; index < left.length; index += 1) difference |= (left[index] ?? 0) ^ (right[index] ?? 0)
  return difference === 0
}

function parseWith<Input, Output>(parse: (input: Input) => Output, input: Input): Result<Output, EncodingProblem> {
  try {
    return ok(parse(input))
  } catch {
    return fail({ code: 'REQUEST_ENCODING_INVALID' })
  }
}

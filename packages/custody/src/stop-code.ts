import { assert, fail, ok, type Result } from '@symbolon/formats/result'
import { utf8ToBytes } from '@symbolon/formats/bytes'
import { hashFrame } from './hashes.ts'
import type { Primitives } from './primitives.ts'
import type { CustodyProblem } from './problem.ts'

// RFC 4648 section 6, without padding: 25 symbols of five bits each.
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
const codeSize = 25
const symbolBits = 5

/** A stop code: 125 random bits as 25 symbols. Whoever says it freezes the wallet, so only its owner may know it. */
export function createStopCode(primitives: Pick<Primitives, 'randomBytes'>): string {
  const bytes = primitives.randomBytes(Math.ceil((codeSize * symbolBits) / 8))
  let [code, held, bits] = ['', 0, 0]
  for (const byte of bytes) {
    held = (held << 8) | byte
    for (bits += 8; bits >= symbolBits && code.length < codeSize; bits -= symbolBits) {
      code += alphabet.charAt((held >> (bits - symbolBits)) & 31)
    }
    held &= 0xff
  }
  assert(code.length === codeSize, 'a stop code is full')
  return code
}

/** Reads what a person typed: case, spaces and hyphens do not matter, and digits that the alphabet lacks are the letters they look like. */
export function parseStopCode(typed: string): Result<string, CustodyProblem> {
  if (typed.length > 4 * codeSize) return fail({ code: 'CUSTODY_FRAME_INVALID' })
  const code = typed.toUpperCase().replaceAll(/[\s-]/gu, '').replaceAll('0', 'O').replaceAll('1', 'I').replaceAll('8', 'B')
  return /^[A-Z2-7]{25}$/u.test(code) ? ok(code) : fail({ code: 'CUSTODY_FRAME_INVALID' })
}

/** SHA-256(frame(stop; code)): all that the vault keeps of a stop code. */
export function hashStopCode(code: string): Uint8Array {
  return hashFrame('stop', [utf8ToBytes(code)])
}

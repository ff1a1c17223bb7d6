import { describe, expect, it } from 'vitest'
import { bytesToHex } from '@symbolon/formats/bytes'
import { seededBytes } from './fixtures/wallet.ts'
import { createStopCode, hashStopCode, parseStopCode } from './stop-code.ts'

describe('a stop code', () => {
  it('is base32 of the random bytes (RFC 4648 section 10 has the alphabet), 125 bits', () => {
    const foobar = Uint8Array.from('foobarfoobarfoob', (character) => character.charCodeAt(0))
    expect(createStopCode({ randomBytes: () => foobar })).toBe('MZXW6YTBOJTG633CMFZGM33PM')
    expect(createStopCode({ randomBytes: () => new Uint8Array(16).fill(255) })).toBe('7'.repeat(25))
    expect(createStopCode({ randomBytes: () => new Uint8Array(16) })).toBe('A'.repeat(25))
  })
  it('asks for enough randomness and uses it', () => {
    const sizes: number[] = []
    const random = seededBytes('stop')
    const codes = Array.from({ length: 50 }, () =>
      createStopCode({
        randomBytes: (size) => {
          sizes.push(size)
          return random(size)
        },
      }),
    )
    expect(new Set(codes).size).toBe(50)
    expect(new Set(sizes)).toEqual(new Set([16]))
  })
  it.each([
    ['MZXW6YTBOJTG633CMFZGM33PM', 'MZXW6YTBOJTG633CMFZGM33PM'],
    ['mzxw6-ytboj-tg633-cmfzg-m33pm', 'MZXW6YTBOJTG633CMFZGM33PM'],
    [' MZXW6 YTBOJ TG633 CMFZG M33PM ', 'MZXW6YTBOJTG633CMFZGM33PM'],
    ['0180180180180180180180180', 'OIBOIBOIBOIBOIBOIBOIBOIBO'],
  ])('reads %s', (typed, code) => expect(parseStopCode(typed)).toEqual({ ok: true, value: code }))
  it.each(['', 'MZXW6YTBOJTG633CMFZGM33P', 'MZXW6YTBOJTG633CMFZGM33PMA', 'MZXW6YTBOJTG633CMFZGM33P9', 'ß'.repeat(25), ' '.repeat(200)])(
    'refuses %j',
    (typed) => expect(parseStopCode(typed)).toEqual({ ok: false, problem: { code: 'CUSTODY_FRAME_INVALID' } }),
  )
  it('is known to the vault by its hash alone', () => {
    expect(bytesToHex(hashStopCode('A'.repeat(25)))).toBe('2d8be1b56941d74ed1e9679e24c07797b4e20aef69760135b61e4aa45b1bbd0e')
  })
})

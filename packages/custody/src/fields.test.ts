import { utf8ToBytes } from '@symbolon/formats/bytes'
import { Bug } from '@symbolon/formats/result'
import { describe, expect, it } from 'vitest'
import { asciiWord, bytes, digits, emptyOr, oneOf, text, unsigned, unsignedBigint, variableBytes } from './fields.ts'
import type { Field } from './frame.ts'

function accepts<Value>(field: Field<Value>, input: Value): void {
  expect(field.parse(field.encode(input))).toEqual(input)
}
function refusesToWrite<Value>(field: Field<Value>, ...inputs: readonly Value[]): void {
  for (const input of inputs) expect(() => field.encode(input)).toThrow(Bug)
}
function refusesToRead<Value>(field: Field<Value>, ...inputs: readonly string[]): void {
  for (const input of inputs) expect(field.parse(Buffer.from(input, 'hex'))).toBeUndefined()
}

describe('fields', () => {
  it('bytes have one size', () => {
    accepts(bytes(2), Uint8Array.of(1, 2))
    refusesToWrite(bytes(2), new Uint8Array(1), new Uint8Array(3))
    refusesToRead(bytes(2), '', '01', '010203')
  })
  it('variable bytes have both limits', () => {
    accepts(variableBytes(1, 2), Uint8Array.of(1))
    refusesToWrite(variableBytes(1, 2), new Uint8Array(), new Uint8Array(3))
    refusesToRead(variableBytes(1, 2), '', '010203')
  })
  it('empty or full, nothing between', () => {
    accepts(emptyOr(2), new Uint8Array())
    accepts(emptyOr(2), new Uint8Array(2))
    refusesToWrite(emptyOr(2), new Uint8Array(1))
    refusesToRead(emptyOr(2), '01', '010203')
  })
  it('a word is printable ASCII without space', () => {
    accepts(asciiWord(4), 'a-~!')
    refusesToWrite(asciiWord(4), '', 'abcde', 'a b', 'é')
    refusesToRead(asciiWord(4), '', '6162636465', '20', '7f', 'c3a9')
  })
  it('digits are digits and complete', () => {
    accepts(digits(4), '0042')
    refusesToWrite(digits(4), '042', '00042', '00a2')
    refusesToRead(digits(4), '', '303432', '30306132', 'ff')
  })
  it('text is UTF-8 with a limit in bytes', () => {
    accepts(text(6), '')
    accepts(text(6), '가나')
    refusesToWrite(text(5), '가나')
    expect(text(5).parse(utf8ToBytes('가나'))).toBeUndefined()
  })
  it('integers are big-endian, of one size and never negative', () => {
    expect(Buffer.from(unsigned(8).encode(1_800_000_000)).toString('hex')).toBe('000000006b49d200')
    accepts(unsigned(8), Number.MAX_SAFE_INTEGER)
    accepts(unsignedBigint(8), 2n ** 64n - 1n)
    refusesToWrite(unsigned(1), 256, -1, 0.5, Number.NaN)
    refusesToWrite(unsignedBigint(2), 65_536n, -1n)
    refusesToRead(unsigned(2), '', '01', '010203')
  })
  it('an integer that a number cannot hold is refused', () => refusesToRead(unsigned(8), '0020000000000000', 'ffffffffffffffff'))
  it('a code is one of its list', () => {
    accepts(oneOf([2, 3]), 3)
    refusesToRead(oneOf([2, 3]), '', '01', '0202')
    refusesToWrite<number>(oneOf([2, 3]), 1)
  })
})

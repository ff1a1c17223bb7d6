import { concatBytes } from '@symbolon/formats/bytes'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bytes, text, unsigned, variableBytes } from './fields.ts'
import { defineFrame, encodeFrame, parseFrame } from './frame.ts'
import { messageVectors } from './fixtures/vectors.ts'
import { hexToBytes } from '@symbolon/formats/bytes'
import { frames } from './messages.ts'

const refused = { ok: false, problem: { code: 'CUSTODY_FRAME_INVALID' } }
const sample = defineFrame('sample', { id: bytes(4), text: variableBytes(0, 9), count: unsigned(2) })
const values = fc.record({
  id: fc.uint8Array({ minLength: 4, maxLength: 4 }),
  text: fc.uint8Array({ maxLength: 9 }),
  count: fc.integer({ min: 0, max: 65_535 }),
})

describe('custody invariant 14: the decoder refuses every frame that is not canonical', () => {
  it('reads back what it wrote', () => {
    fc.assert(
      fc.property(values, (fields) => {
        expect(sample.parse(sample.encode(fields))).toEqual({ ok: true, value: fields })
      }),
    )
  })
  it('is injective: any bytes that parse are the bytes that encode', () => {
    const near = values.chain((fields) => {
      const frame = sample.encode(fields)
      return fc.tuple(fc.constant(frame), fc.nat(frame.length - 1), fc.integer({ min: 1, max: 255 }))
    })
    fc.assert(
      fc.property(near, ([frame, index, mask]) => {
        const altered = frame.map((byte, position) => (position === index ? byte ^ mask : byte))
        const parsed = sample.parse(altered)
        if (parsed.ok) expect(sample.encode(parsed.value)).toEqual(altered)
        else expect(parsed).toEqual(refused)
      }),
      { numRuns: 2_000 },
    )
  })
  it('text that is not the UTF-8 of itself is refused: an overlong form, half a pair, no character', () => {
    const words = defineFrame('words', { word: text(9) })
    for (const hex of ['c0af', 'eda080', 'ff']) expect(words.parse(encodeFrame('words', [hexToBytes(hex)]))).toEqual(refused)
    expect(words.parse(encodeFrame('words', [hexToBytes('eab080')]))).toMatchObject({ ok: true })
  })
  it('a field of the wrong size is refused, though the frame itself is whole', () => {
    expect(sample.parse(encodeFrame('sample', [new Uint8Array(3), new Uint8Array(), new Uint8Array(2)]))).toEqual(refused)
  })
  it('random bytes are no frame', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (noise) => {
        expect(sample.parse(noise)).toEqual(refused)
      }),
    )
  })
  for (const { tag, frame: hex } of messageVectors) {
    const known = Object.values(frames).find((frame) => frame.tag === tag)
    const frame = hexToBytes(hex)
    it(`${tag}: every shorter and longer form, another tag and another count are refused`, () => {
      const parse = (bytes: Uint8Array) => known?.parse(bytes)
      for (let length = 0; length < frame.length; length += 1) expect(parse(frame.subarray(0, length))).toEqual(refused)
      expect(parse(concatBytes(frame, Uint8Array.of(0)))).toEqual(refused)
      const head = 1 + tag.length
      for (let index = 0; index <= head; index += 1) {
        expect(parse(frame.map((byte, position) => (position === index ? byte ^ 1 : byte)))).toEqual(refused)
      }
    })
  }
})

describe('frame', () => {
  it('writes tag length, tag, field count and each field with its length', () => {
    expect(Buffer.from(encodeFrame('x', [Uint8Array.of(1, 2), new Uint8Array()])).toString('hex')).toBe(
      `0d${Buffer.from('symbolon/v1/x').toString('hex')}02000201020000`,
    )
  })
  it('refuses to write a field that its length cannot say', () => {
    expect(() => encodeFrame('x', [new Uint8Array(65_536)])).toThrow(RangeError)
    expect(parseFrame('x', 1, encodeFrame('x', [new Uint8Array(65_535)])).ok).toBe(true)
  })
  it('refuses a field that claims more than there is', () => {
    const frame = encodeFrame('x', [Uint8Array.of(1, 2)])
    expect(
      parseFrame(
        'x',
        1,
        frame.map((byte, index) => (index === frame.length - 3 ? 3 : byte)),
      ),
    ).toEqual(refused)
  })
})

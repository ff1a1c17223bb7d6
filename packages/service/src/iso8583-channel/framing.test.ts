import { array, assert, integer, property, uint8Array } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createFrameReader, frame } from './framing.ts'

describe('framing', () => {
  it('counts the message, not the length', () => expect(frame(Uint8Array.of(1, 2, 3)).toString('hex')).toBe('0003010203'))

  it('finds the messages however the stream is cut', () => {
    assert(
      property(
        array(uint8Array({ minLength: 1, maxLength: 300 }), { maxLength: 10 }),
        array(integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 30 }),
        (messages, cuts) => {
          const stream = Buffer.concat(messages.map((message) => frame(message)))
          const read = createFrameReader()
          const found: Uint8Array[] = []
          for (let offset = 0, turn = 0; offset < stream.length; turn += 1) {
            const size = cuts[turn % cuts.length] ?? 1
            const { messages: complete, broken } = read(stream.subarray(offset, offset + size))
            expect(broken).toBe(false)
            found.push(...complete)
            offset += size
          }
          expect(found.map((message) => [...message])).toEqual(messages.map((message) => [...message]))
        },
      ),
    )
  })

  it.each([
    ['a length of zero', '0000'],
    ['a length above 8 KiB', '2001'],
    ['the largest length', 'ffff00'],
  ])('stops at %s', (_name, hex) => {
    expect(createFrameReader()(Buffer.from(`000155${hex}`, 'hex'))).toEqual({ messages: [Buffer.from('55', 'hex')], broken: true })
  })

  it('reads 8 KiB', () => {
    const { messages } = createFrameReader()(frame(new Uint8Array(8_192)))
    expect(messages[0]).toHaveLength(8_192)
  })
})

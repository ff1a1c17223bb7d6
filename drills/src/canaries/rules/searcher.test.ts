import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createCountedNeedle, createNeedles } from './needles.ts'
import { createSearcher } from './searcher.ts'

const pan = '9430030000000008'
const encodings: readonly (readonly [string, Buffer])[] = [
  ['text', Buffer.from(`xx${pan}yy`)],
  ['utf-16le', Buffer.from(`x${pan}y`, 'utf16le')],
  ['utf-16be', Buffer.from(`x${pan}y`, 'utf16le').swap16()],
  ['hex', Buffer.from(Buffer.from(`a${pan}`).toString('hex'))],
  ['HEX', Buffer.from(Buffer.from(`a${pan}`).toString('hex').toUpperCase())],
  ['base64, alignment 0', Buffer.from(Buffer.from(`${pan}tail`).toString('base64'))],
  ['base64, alignment 1', Buffer.from(Buffer.from(`a${pan}tail`).toString('base64'))],
  ['base64, alignment 2', Buffer.from(Buffer.from(`ab${pan}tail`).toString('base64'))],
  ['bcd, high nibble first', Buffer.from(`ff${pan}ff`, 'hex')],
  ['bcd, low nibble first', Buffer.from(`f${pan}f`, 'hex')],
]

describe('canary needles', () => {
  test.each(encodings)('a card number is found as %s', (_name, haystack) => {
    const searcher = createSearcher(createNeedles('pan', pan))
    searcher.feed(haystack)
    expect(searcher.findings().length).toBeGreaterThan(0)
  })

  test('a Korean name is found in each text encoding', () => {
    for (const haystack of [Buffer.from('가나 긴가나다라마바 사'), Buffer.from('긴가나다라마바', 'utf16le')]) {
      const searcher = createSearcher(createNeedles('name', '긴가나다라마바'))
      searcher.feed(haystack)
      expect(searcher.findings()).toHaveLength(1)
    }
  })

  test('another card number is not', () => {
    const searcher = createSearcher(createNeedles('pan', pan))
    searcher.feed(Buffer.from('9430030000000016'))
    expect(searcher.findings()).toEqual([])
  })
})

describe('canary search', () => {
  test('finds a needle across any borders of chunks, once', () => {
    fc.assert(
      fc.property(fc.nat({ max: 40 }), fc.nat({ max: 40 }), fc.nat({ max: 60 }), (lead, first, second) => {
        const bytes = Buffer.concat([Buffer.alloc(lead, 7), Buffer.from(pan), Buffer.alloc(30, 9)])
        const searcher = createSearcher(createNeedles('pan', pan))
        const [left, right] = [Math.min(first, second), Math.max(first, second)]
        for (const chunk of [bytes.subarray(0, left), bytes.subarray(left, right), bytes.subarray(right)]) searcher.feed(chunk)
        expect(searcher.findings().map(({ needle, offset }) => [needle.encoding, offset])).toEqual([['text', lead]])
        expect(searcher.bytesSearched()).toBe(bytes.length)
      }),
    )
  })

  test('does not join two runs', () => {
    const searcher = createSearcher(createNeedles('pan', pan))
    searcher.feed(Buffer.from(pan.slice(0, 8)))
    searcher.endRun()
    searcher.feed(Buffer.from(pan.slice(8)))
    expect(searcher.findings()).toEqual([])
  })

  test('counts short values without reporting them', () => {
    const code = createCountedNeedle('cvc', '321')
    const searcher = createSearcher([], [code])
    searcher.feed(Buffer.from('321 4321 32'))
    searcher.feed(Buffer.from('1'))
    expect(searcher.counts().get(code)).toBe(3)
    expect(searcher.findings()).toEqual([])
  })
})

import { array, assert, constantFrom, property, record, uint8Array } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bytesToHex, hexToBytes } from './bytes.ts'
import { encodeTlv, findTlv, isConstructed, parseTlv, type TlvLimits } from './tlv.ts'

const element = record({ tag: constantFrom('C1', '9F26', '5A', 'DF8101', '61'), value: uint8Array({ maxLength: 300 }) })

describe('BER-TLV', () => {
  it('reads the EMV example of DE 55', () => {
    const parsed = parseTlv(hexToBytes('9f2608aabbccddeeff00119f3602001c'))
    expect(parsed).toEqual({
      ok: true,
      value: [
        { tag: '9F26', value: hexToBytes('aabbccddeeff0011') },
        { tag: '9F36', value: hexToBytes('001c') },
      ],
    })
    expect(parsed.ok && findTlv(parsed.value, '9F36')).toEqual(hexToBytes('001c'))
    expect(parsed.ok && findTlv(parsed.value, '82')).toBeUndefined()
  })

  it('writes lengths in the shortest form', () => {
    for (const [size, prefix] of [
      [0, 'c100'],
      [127, 'c17f'],
      [128, 'c18180'],
      [255, 'c181ff'],
      [256, 'c1820100'],
      [65_535, 'c182ffff'],
    ] as const) {
      expect(bytesToHex(encodeTlv([{ tag: 'C1', value: new Uint8Array(size) }]).subarray(0, prefix.length / 2))).toBe(prefix)
    }
    expect(() => encodeTlv([{ tag: 'C1', value: new Uint8Array(65_536) }])).toThrow('at most 65535')
  })

  it.each(['c1', 'C', '00', '9F', '9F80', 'C1C2', '1F818181'])('does not write the tag %s', (tag) => {
    expect(() => encodeTlv([{ tag, value: new Uint8Array(0) }])).toThrow('a tag is')
  })

  it.each<[string, string, string | undefined, TlvLimits]>([
    ['c1', 'truncated', 'C1', {}],
    ['c105aabb', 'truncated', 'C1', {}],
    ['c181', 'truncated', 'C1', {}],
    ['c18201', 'truncated', 'C1', {}],
    ['9f', 'truncated', undefined, {}],
    ['9f81', 'truncated', undefined, {}],
    ['0000', 'tag', undefined, {}],
    ['c100ff', 'truncated', undefined, {}],
    ['9f8001aa', 'tag', undefined, {}],
    ['9f81818101aa', 'tag', undefined, {}],
    ['c18000', 'length', 'C1', {}],
    ['c1817faa', 'length', 'C1', {}],
    ['c18200ffaa', 'length', 'C1', {}],
    ['c183000001aa', 'length', 'C1', {}],
    ['c1ffaa', 'length', 'C1', {}],
    ['c101aac101bb', 'duplicate', 'C1', { refuseDuplicates: true }],
    ['c100c200c300', 'too-many', 'C3', { maximumElements: 2 }],
    ['c10100', 'oversized', undefined, { maximumBytes: 2 }],
  ])('refuses %s as %s', (hex, reason, tag, limits) => {
    const problem = tag === undefined ? { code: 'TLV_MALFORMED', reason } : { code: 'TLV_MALFORMED', reason, tag }
    expect(parseTlv(hexToBytes(hex), limits)).toEqual({ ok: false, problem })
  })

  it('reads back what it writes', () => {
    assert(
      property(array(element, { maxLength: 10 }), (elements) => {
        expect(parseTlv(encodeTlv(elements), { maximumBytes: 10_000 })).toEqual({ ok: true, value: elements })
      }),
    )
  })

  it('answers any bytes, and what it accepts has that one encoding', () => {
    assert(
      property(uint8Array({ maxLength: 60 }), (bytes) => {
        const parsed = parseTlv(bytes)
        if (parsed.ok) expect(encodeTlv(parsed.value)).toEqual(bytes)
      }),
      { numRuns: 2_000 },
    )
  })

  it('knows constructed tags', () =>
    expect(['61', 'C1', 'E1', '9F26', 'BF0C'].map(isConstructed)).toEqual([true, false, true, false, true]))
})

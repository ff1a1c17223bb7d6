import { assert, property, integer, uint8Array, bigInt } from 'fast-check'
import { describe, expect, test } from 'vitest'
import { chooseRecord, encodeRecord, maximumBodySize, recordSize } from './record-pair.ts'

const untouched = new Uint8Array(recordSize)
const body = (text: string): Uint8Array => new Uint8Array(Buffer.from(text))

describe('two alternating records (docs/custody.md 15)', () => {
  test('the newest whole record wins, whichever copy it is', () => {
    const [older, newer] = [encodeRecord(7n, body('older')), encodeRecord(8n, body('newer'))]
    expect(chooseRecord(older, newer)).toMatchObject({ value: { generation: 8n, copy: 1, body: body('newer') } })
    expect(chooseRecord(newer, older)).toMatchObject({ value: { generation: 8n, copy: 0 } })
  })

  test('a write that tore anywhere leaves the other record', () => {
    const [older, newer] = [encodeRecord(7n, body('older')), encodeRecord(8n, body('newer'))]
    assert(
      property(integer({ min: 1, max: recordSize - 1 }), (at) => {
        const torn = new Uint8Array([...newer.subarray(0, at), ...older.subarray(at)])
        const chosen = chooseRecord(older, torn)
        // What the cut did not reach may make the record whole already; then it is the newer one.
        expect(chosen).toMatchObject({ ok: true })
        expect([7n, 8n]).toContain(chosen.ok ? chosen.value?.generation : undefined)
      }),
      { numRuns: 60 },
    )
  })

  test('nothing stored is no wallet, a torn first write is none either, and two broken copies are damage', () => {
    const broken = encodeRecord(1n, body('x')).with(9, 0xff)
    expect(chooseRecord(untouched, untouched)).toEqual({ ok: true, value: undefined })
    expect(chooseRecord(broken, untouched)).toEqual({ ok: true, value: undefined })
    expect(chooseRecord(broken, broken)).toEqual({ ok: false, problem: { code: 'WALLET_STORAGE_DAMAGED' } })
  })

  test('any body comes back, and any changed bit is noticed', () => {
    assert(
      property(
        uint8Array({ maxLength: 300 }),
        bigInt({ min: 0n, max: 2n ** 64n - 1n }),
        integer({ min: 0, max: recordSize - 1 }),
        (any, generation, at) => {
          const record = encodeRecord(generation, any)
          expect(record).toHaveLength(recordSize)
          expect(chooseRecord(record, untouched)).toEqual({ ok: true, value: { generation, body: new Uint8Array(any), copy: 0 } })
          expect(chooseRecord(record.with(at, (record[at] ?? 0) ^ 1), encodeRecord(0n, any).with(0, 1))).toMatchObject({ ok: false })
        },
      ),
      { numRuns: 40 },
    )
  })

  test('a wallet that does not fit is a bug, not a cut record', () => {
    expect(() => encodeRecord(1n, new Uint8Array(maximumBodySize + 1))).toThrow()
    expect(encodeRecord(1n, new Uint8Array(maximumBodySize))).toHaveLength(recordSize)
  })
})

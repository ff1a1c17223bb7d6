import { assert as holds, integer, property, record, array } from 'fast-check'
import { describe, expect, test } from 'vitest'
import { writeCanonicalJson } from './idempotency.ts'
import { takeToken, type Bucket } from './rate-limit.ts'

describe('canonical JSON', () => {
  test.each([
    [{ b: 1, a: [{ d: 2, c: 'x' }] }, { a: [{ c: 'x', d: 2 }], b: 1 }, true],
    [{ a: [1, 2] }, { a: [2, 1] }, false],
    [{ a: 1 }, { a: '1' }, false],
    [{ a: null }, {}, false],
  ])('%j and %j are the same content: %s', (left, right, expected) => {
    expect(writeCanonicalJson(left) === writeCanonicalJson(right)).toBe(expected)
  })
})

describe('a token bucket', () => {
  test('lets a burst through, then the rate, never more', () => {
    const size = { perSecond: 2, burst: 3 }
    let bucket: Bucket | undefined
    const allowed = [0, 0, 0, 0, 499, 500, 500, 1_000, 100_000, 100_000, 100_000, 100_000].map((nowMs) => {
      const taken = takeToken(bucket, size, nowMs)
      bucket = taken.bucket
      return taken.isAllowed
    })
    expect(allowed).toEqual([true, true, true, false, false, true, false, true, true, true, true, false])
  })

  test('never lets more through than burst and rate allow, whatever the clock does', () => {
    const steps = array(record({ waitMs: integer({ min: -50, max: 400 }) }), { maxLength: 80 })
    holds(
      property(steps, (waits) => {
        let [bucket, nowMs, latestMs, passed]: [Bucket | undefined, number, number, number] = [undefined, 10_000, 10_000, 0]
        for (const { waitMs } of waits) {
          nowMs += waitMs
          latestMs = Math.max(latestMs, nowMs)
          const taken = takeToken(bucket, { perSecond: 5, burst: 4 }, nowMs)
          bucket = taken.bucket
          passed += taken.isAllowed ? 1 : 0
        }
        const forward = waits.reduce((sum, { waitMs }) => sum + Math.max(0, waitMs), 0)
        expect(passed).toBeLessThanOrEqual(4 + (forward * 5) / 1_000)
      }),
    )
  })
})

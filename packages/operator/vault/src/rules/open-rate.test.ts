import { expect, it } from 'vitest'
import { countOpen } from './open-rate.ts'

it('counts opens in windows of a minute and refuses what is over', () => {
  const check = (count: number, nowMs: number, expected: unknown): void =>
    expect(countOpen({ sinceMs: 1_000, count }, nowMs, 3)).toEqual(expected)
  check(0, 1_000, { sinceMs: 1_000, count: 1 })
  check(2, 60_999, { sinceMs: 1_000, count: 3 })
  check(3, 60_999, undefined)
  check(3, 61_000, { sinceMs: 61_000, count: 1 })
})

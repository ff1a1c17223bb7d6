import { expect, test } from 'vitest'
import { decideRestartDelay } from './backoff.ts'

test.each([
  ['the first death', undefined, 5, 100],
  ['a second death soon after', 100, 5, 200],
  ['a process that keeps dying', 8_000, 5, 10_000],
  ['never longer than the longest', 10_000, 5, 10_000],
  ['a long calm forgets', 10_000, 30_000, 100],
])('%s', (_name, previous, ranForMs, expected) => {
  expect(decideRestartDelay(previous, ranForMs)).toBe(expected)
})

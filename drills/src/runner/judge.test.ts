import { expect, test } from 'vitest'
import { areAllShown, judgeDrill, type DrillRun } from './judge.ts'

const withstood: DrillRun = { kind: 'ended', outcome: { result: 'withstood', obtained: 'nothing' } }
const broken: DrillRun = { kind: 'ended', outcome: { result: 'broken', obtained: 'the share', figures: { shares: 1 } } }
const failed: DrillRun = { kind: 'failed', reason: 'no database' }

test('only a withstood drill whose control is broken is shown', () => {
  const check = (real: DrillRun, control: DrillRun, expected: readonly [string, string, boolean]): void => {
    const report = judgeDrill({ name: 'x', attackerHolds: 'y', real, control, seconds: 1 })
    expect([report.result, report.control, areAllShown([report])]).toEqual(expected)
  }
  check(withstood, broken, ['withstood', 'broken', true])
  check(withstood, withstood, ['withstood', 'held', false])
  check(broken, broken, ['broken', 'broken', false])
  check(broken, withstood, ['broken', 'held', false])
  // What failed never counts in its own favour.
  check(failed, broken, ['broken', 'broken', false])
  check(withstood, failed, ['withstood', 'held', false])
  check(failed, failed, ['broken', 'held', false])
})

test('a failure is said, and no drill at all shows nothing', () => {
  const report = judgeDrill({ name: 'x', attackerHolds: 'y', real: withstood, control: failed, seconds: 1 })
  expect(report.failure).toBe('the control failed: no database')
  expect(report.obtained).toBe('nothing')
  expect(areAllShown([])).toBe(false)
})

import { expect, test } from 'vitest'
import { runLanes } from '../flows/in-flight.ts'
import { parseOptions } from '../options.ts'
import { countBy, percentile } from './statistics.ts'

test.each([
  [[], 0.5, 0],
  [[7], 0.99, 7],
  [[3, 1, 2, 4], 0.5, 2],
  [Array.from({ length: 200 }, (_, index) => index + 1), 0.99, 198],
])('percentile of %j at %d', (values, fraction, expected) => expect(percentile(values, fraction)).toBe(expected))

test('equal keys are counted in order', () => {
  expect(countBy(['b', 'a', 'b'], (item) => [item])).toEqual([
    { key: ['a'], count: 1 },
    { key: ['b'], count: 2 },
  ])
})

test('no lane is entered twice at once, every item is done in order, and no more are in flight than allowed', async () => {
  const done: string[] = []
  const busy = new Set<string>()
  let most = 0
  await runLanes([['a1', 'a2', 'a3'], ['b1'], ['c1', 'c2'], []], 2, async (item) => {
    const lane = item.slice(0, 1)
    expect(busy.has(lane)).toBe(false)
    busy.add(lane)
    most = Math.max(most, busy.size)
    await Promise.resolve()
    busy.delete(lane)
    done.push(item)
  })
  expect(most).toBe(2)
  expect(done.toSorted()).toEqual(['a1', 'a2', 'a3', 'b1', 'c1', 'c2'])
  expect(done.filter((item) => item.startsWith('a'))).toEqual(['a1', 'a2', 'a3'])
})

test.each([
  [['--run', 'r', '--payments', '20', '--json'], { installationFile: 'r', json: true, paymentCount: 20 }],
  [['--installation', 'r', '--payments', 'p.csv', '--cards', 'c.csv'], { paymentsFile: 'p.csv', cardsFile: 'c.csv', paymentCount: 224 }],
  [['--run', 'r', '--payments-file', 'p.csv', '--planted', 'x'], { paymentsFile: 'p.csv', plantedFile: 'x' }],
])('%j', (argv, expected) => expect(parseOptions(argv)).toMatchObject({ ok: true, value: expected }))

test.each([[[]], [['--run']], [['--run', 'r', '--payments', '0']], [['--run', 'r', '--unknown']]])('%j is refused', (argv) => {
  expect(parseOptions(argv).ok).toBe(false)
})

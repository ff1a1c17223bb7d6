import { afterAll, describe, expect, it, vi } from 'vitest'
import { candidateTable } from './candidate.ts'
import { configurations, holeBounds } from './configurations.ts'
import { explore } from './explore.ts'
import { moreMutants, mutants, exploreMutant } from './mutants.ts'
import { configurationNames, describeReport, exploreReal, type Caught, type Explored } from './report.ts'
import { realTable } from './world.ts'

// Some seconds on a free core; a machine that is busy with other tests may take its time.
vi.setConfig({ testTimeout: 120_000 })

const explored: Explored[] = []
const caught: Caught[] = []
afterAll(() => void process.stdout.write(describeReport({ explored, caught })))

describe('1.13-09 custody state table: every invariant in every world', () => {
  it.each(configurationNames.map((name) => [configurations[name], name] as const))('%s', (_, name) => {
    const result = exploreReal(name, 'check')
    explored.push(result)
    expect(result.exploration).toMatchObject({ violation: '', trace: [] })
    expect(result.exploration.states).toBeGreaterThan(5_000)
  })
})

describe('1.13-09 the model sees each mistake of docs/custody.md 7, and some more', () => {
  it.each([...mutants, ...moreMutants])('$name', (mutant) => {
    const exploration = exploreMutant(mutant)
    caught.push({ name: mutant.name, caughtBy: exploration.violation, expected: mutant.caughtBy, exploration })
    expect(exploration.violation).toBe(mutant.caughtBy)
  })
  it('has the eight by name', () => expect(mutants).toHaveLength(8))
})

describe('the known hole: a lost transaction and then an old open that is sent again (docs/custody.md)', () => {
  it('is there, in exactly this order', () => {
    const { violation, trace } = explore(realTable, holeBounds)
    expect(violation).toBe('some epoch is common')
    expect(trace.map((step) => step.replace(/ \S+ arrives/u, ' arrives'))).toEqual([
      'a new wallet',
      'device opens',
      'open arrives',
      'slot arrives',
      'device pays, PIN right',
      'pay arrives',
      'vault co-signs: TX2',
      'ten seconds pass',
      'done arrives',
      'device opens',
      'open arrives',
      'the database loses its latest transaction',
      'open arrives',
      'slot arrives',
    ])
  })
  it('would be closed by giving up an epoch only for a bound message', () => {
    expect(explore(candidateTable, { ...holeBounds, slots: 3 }).violation).toBe('')
  })
})

import { bounds, configurations, type ConfigurationName, type Size } from './configurations.ts'
import { explore, type Exploration } from './explore.ts'
import { exploreMutant, moreMutants, mutants } from './mutants.ts'
import { invariants, realTable } from './world.ts'

export type Explored = { readonly name: ConfigurationName; readonly exploration: Exploration; readonly seconds: number }
export type Caught = { readonly name: string; readonly caughtBy: string; readonly expected: string; readonly exploration: Exploration }
/** What a run of the model shows. */
export type ModelReport = { readonly explored: readonly Explored[]; readonly caught: readonly Caught[] }

export const configurationNames: readonly ConfigurationName[] = ['accidents', 'twoPayments', 'rollback', 'demand', 'copy']

/** Explores the table that vault and device run. */
export function exploreReal(name: ConfigurationName, size: Size, progress?: (states: number) => void): Explored {
  const startedAt = performance.now()
  const exploration = explore(realTable, bounds[size][name], progress === undefined ? {} : { progress })
  return { name, exploration, seconds: (performance.now() - startedAt) / 1_000 }
}

/** Explores every mutant until its invariant breaks. */
export function catchMutants(): readonly Caught[] {
  return [...mutants, ...moreMutants].map((mutant) => {
    const exploration = exploreMutant(mutant)
    return { name: mutant.name, caughtBy: exploration.violation, expected: mutant.caughtBy, exploration }
  })
}

/** The report as lines of text. */
export function describeReport({ explored, caught }: ModelReport): string {
  const number = (value: number): string => value.toLocaleString('en-US')
  const lines = explored.map(({ name, exploration, seconds }) => {
    const figures = `${number(exploration.states)} states, ${number(exploration.transitions)} transitions, ${seconds.toFixed(1)} s`
    return `  ${exploration.violation === '' ? 'holds' : `BROKEN (${exploration.violation})`}  ${configurations[name]}: ${figures}`
  })
  const sum = (pick: (exploration: Exploration) => number): string =>
    number(explored.reduce((all, { exploration }) => all + pick(exploration), 0))
  return [
    `custody model: ${sum(({ states }) => states)} states, ${sum(({ transitions }) => transitions)} transitions`,
    ...lines,
    `${invariants.length} invariants: ${invariants.join(' · ')}`,
    ...caught.map(({ name, caughtBy, exploration }) => {
      const found = `after ${number(exploration.states)} states, ${exploration.trace.length - 1} steps`
      return `  mutant "${name}": ${caughtBy === '' ? 'SURVIVES' : `breaks "${caughtBy}" ${found}`}`
    }),
    ...explored.flatMap(({ exploration }) => exploration.trace.map((step) => `  ${step}`)),
    '',
  ].join('\n')
}

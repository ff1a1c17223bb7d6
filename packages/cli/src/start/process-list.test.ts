import { expect, test } from 'vitest'
import { processList, stopOrder } from './process-list.ts'

const stages = [...stopOrder.operator, ...stopOrder.issuer]

test('every process is stopped once, before what it waits for at the start', () => {
  expect(stages.flat().toSorted()).toEqual(processList.map(({ name }) => name).toSorted())
  const stageOf = (name: string): number => stages.findIndex((stage) => stage.some((one) => one === name))
  for (const { name, after } of processList) for (const needed of after) expect(stageOf(name)).toBeLessThan(stageOf(needed))
})

test('a process waits only for processes above it', () => {
  processList.forEach(({ after }, index) => {
    const above = processList.slice(0, index).map(({ name }) => name)
    for (const needed of after) expect(above).toContain(needed)
  })
})

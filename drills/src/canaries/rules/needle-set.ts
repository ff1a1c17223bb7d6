import { createCountedNeedle, createNeedles, type Needle } from './needles.ts'
import type { PlantedValue, RandomBelow } from './planted.ts'

export type NeedleSet = {
  readonly needles: readonly Needle[]
  readonly counted: readonly Needle[]
  readonly plantedCounted: readonly Needle[]
  readonly unplantedByName: ReadonlyMap<string, readonly Needle[]>
}

const unplantedPerValue = 100

/** Long values are forbidden everywhere; short ones are counted beside a hundred values of their shape that nobody planted. */
export function createNeedleSet(planted: readonly PlantedValue[], randomBelow: RandomBelow): NeedleSet {
  const short = planted.filter(({ isCounted }) => isCounted)
  const plantedCounted = short.map(({ name, value }) => createCountedNeedle(name, value))
  const unplantedByName = new Map(
    short.map(({ name, value }) => [
      name,
      Array.from({ length: unplantedPerValue }, (_unused, index) =>
        createCountedNeedle(`${name}, unplanted ${String(index)}`, Array.from(value, () => String(randomBelow(10))).join('')),
      ),
    ]),
  )
  return {
    needles: planted.filter(({ isCounted }) => !isCounted).flatMap(({ name, value }) => createNeedles(name, value)),
    counted: [...plantedCounted, ...[...unplantedByName.values()].flat()],
    plantedCounted,
    unplantedByName,
  }
}

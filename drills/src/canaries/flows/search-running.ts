import { randomInt } from 'node:crypto'
import type { Installation } from '@symbolon/contracts/installation'
import { connectTo, listDiskPlaces, listMemoryPlaces } from '../places/of-operator.ts'
import { createNeedleSet } from '../rules/needle-set.ts'
import type { PlantedValue } from '../rules/planted.ts'
import { compareShortValues, summarise, type CanaryReport } from '../rules/report.ts'
import { searchPlaces, type SearchOptions } from '../search-places.ts'

/** Searches what the operator of a running installation holds now, for values that somebody else has planted and paid with. */
export async function searchRunning(
  installation: Installation,
  planted: readonly PlantedValue[],
  onProgress: SearchOptions['onProgress'],
): Promise<CanaryReport> {
  const { machinery } = installation
  if (machinery === undefined) throw new Error('the run file does not say which processes run')
  const set = createNeedleSet(planted, randomInt)
  const client = await connectTo(machinery.operatorDatabase)
  try {
    const places = [...listMemoryPlaces(installation, machinery), ...listDiskPlaces(machinery, client)]
    const reports = await searchPlaces(places, { needles: set.needles, counted: set.counted, onProgress })
    return summarise(planted.length, reports, {
      shortValues: compareShortValues(reports, set.plantedCounted, set.unplantedByName),
      missingElsewhere: [],
    })
  } finally {
    await client.end()
  }
}

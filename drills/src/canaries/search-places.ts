import { randomBytes } from 'node:crypto'
import { createNeedles, type Needle } from './rules/needles.ts'
import type { PlaceReport } from './rules/report.ts'
import { createSearcher } from './rules/searcher.ts'
import type { Place } from './places/place.ts'

export type SearchOptions = {
  readonly needles: readonly Needle[]
  readonly counted: readonly Needle[]
  readonly onProgress: (place: string, index: number, count: number) => void
}

/** Puts a marker into each place, then reads the place once for marker and needles. A place that fails is reported as failed. */
export async function searchPlaces(places: readonly Place[], options: SearchOptions): Promise<readonly PlaceReport[]> {
  const reports: PlaceReport[] = []
  for (const [index, place] of places.entries()) {
    options.onProgress(place.name, index, places.length)
    reports.push(await searchPlace(place, options))
  }
  return reports
}

/** For processes that are about to be stopped: markers first, everywhere; then the caller stops them and reads. */
export async function plantMarkers(
  places: readonly Place[],
): Promise<readonly { readonly place: Place; readonly marker: string; readonly release: () => Promise<void> }[]> {
  const planted = []
  for (const place of places) {
    const marker = createMarker()
    planted.push({ place, marker, release: await place.plantMarker(marker) })
  }
  return planted
}

export async function searchPlace(place: Place, options: SearchOptions): Promise<PlaceReport> {
  const marker = createMarker()
  try {
    const release = await place.plantMarker(marker)
    const report = await readPlace(place, marker, options)
    await release()
    return report
  } catch (error) {
    return failedPlace(place, error)
  }
}

export async function readPlace(place: Place, marker: string, options: SearchOptions): Promise<PlaceReport> {
  const searcher = createSearcher([...options.needles, ...createNeedles('marker', marker)], options.counted)
  try {
    await place.read(searcher)
  } catch (error) {
    return failedPlace(place, error)
  }
  const findings = searcher.findings()
  return {
    place: place.name,
    bytesSearched: searcher.bytesSearched(),
    isControlFound: findings.some(({ needle }) => needle.name === 'marker'),
    found: findings
      .filter(({ needle }) => needle.name !== 'marker')
      .map(({ needle, offset }) => ({ name: needle.name, encoding: needle.encoding, offset })),
    counts: [...searcher.counts()].map(([needle, count]) => ({ name: needle.name, count })),
  }
}

function failedPlace(place: Place, error: unknown): PlaceReport {
  const failure = error instanceof Error ? error.message : 'unknown'
  return { place: place.name, bytesSearched: 0, found: [], isControlFound: false, failure, counts: [] }
}

function createMarker(): string {
  return `marker${randomBytes(12).toString('hex')}`
}

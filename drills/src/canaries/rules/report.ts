import type { Needle } from './needles.ts'

/** What the search of one place yielded. Offsets and names only: a report never repeats a secret. */
export type PlaceReport = {
  readonly place: string
  readonly bytesSearched: number
  readonly found: readonly { readonly name: string; readonly encoding: string; readonly offset: number }[]
  readonly isControlFound: boolean
  /** A place that could not be read, or whose marker could not be planted. */
  readonly failure?: string
  readonly counts: readonly { readonly name: string; readonly count: number }[]
}

export type ShortValueCount = {
  readonly name: string
  readonly count: number
  readonly unplantedMean: number
  readonly unplantedMaximum: number
}

export type CanaryReport = {
  readonly planted: number
  readonly found: number
  readonly controlFound: boolean
  readonly bytesSearched: number
  readonly places: readonly PlaceReport[]
  readonly shortValues: readonly ShortValueCount[]
  /** Planted values that neither the device nor the issuer holds: the search or the planting does not work. */
  readonly missingElsewhere: readonly string[]
}

export function summarise(
  planted: number,
  places: readonly PlaceReport[],
  others: Pick<CanaryReport, 'shortValues' | 'missingElsewhere'>,
): CanaryReport {
  return {
    planted,
    found: places.reduce((total, { found }) => total + found.length, 0),
    controlFound:
      places.length > 0 &&
      places.every(({ isControlFound, failure }) => isControlFound && failure === undefined) &&
      others.missingElsewhere.length === 0,
    bytesSearched: places.reduce((total, { bytesSearched }) => total + bytesSearched, 0),
    places,
    ...others,
  }
}

/** Short values occur by chance; a planted one that stands out from a hundred unplanted ones of its shape would be a leak. */
export function compareShortValues(
  places: readonly PlaceReport[],
  planted: readonly Needle[],
  unplantedByName: ReadonlyMap<string, readonly Needle[]>,
): readonly ShortValueCount[] {
  const totals = new Map<string, number>()
  for (const { name, count } of places.flatMap(({ counts }) => counts)) totals.set(name, (totals.get(name) ?? 0) + count)
  return planted.map(({ name }) => {
    const others = (unplantedByName.get(name) ?? []).map((needle) => totals.get(needle.name) ?? 0)
    return {
      name,
      count: totals.get(name) ?? 0,
      unplantedMean: others.reduce((sum, count) => sum + count, 0) / Math.max(1, others.length),
      unplantedMaximum: Math.max(0, ...others),
    }
  })
}

export function isWithstood({ found, controlFound }: CanaryReport): boolean {
  return found === 0 && controlFound
}

import { isWithstood, type CanaryReport } from './rules/report.ts'

/** A table for people: one line a place, then what was found, then short values beside chance. */
export function printReport(report: CanaryReport): string {
  const width = Math.max(...report.places.map(({ place }) => place.length))
  const places = report.places.map(
    ({ place, bytesSearched, found, isControlFound, failure }) =>
      `${place.padEnd(width)}  ${formatBytes(bytesSearched).padStart(10)}  found ${String(found.length)}  control ${failure === undefined ? (isControlFound ? 'found' : 'NOT FOUND') : `FAILED: ${failure}`}`,
  )
  const findings = report.places.flatMap(({ place, found }) =>
    found.slice(0, 20).map(({ name, encoding, offset }) => `FOUND ${name} as ${encoding} in ${place} at ${String(offset)}`),
  )
  const short = report.shortValues.map(
    ({ name, count, unplantedMean, unplantedMaximum }) =>
      `${name}: ${String(count)} times by chance; unplanted of its shape ${unplantedMean.toFixed(1)} on average, at most ${String(unplantedMaximum)}`,
  )
  const missing = report.missingElsewhere.map((name) => `MISSING at device and issuer: ${name}`)
  const verdict = `${isWithstood(report) ? 'withstood' : 'BROKEN'}: ${String(report.planted)} values planted, ${String(report.found)} found in ${formatBytes(report.bytesSearched)}, control ${report.controlFound ? 'complete' : 'INCOMPLETE'}`
  return `${[...places, '', ...findings, ...missing, ...short, '', verdict].join('\n')}\n`
}

function formatBytes(bytes: number): string {
  return bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`
}

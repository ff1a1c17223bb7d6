import type { Drill, DrillContext, DrillOutcome } from '../drill.ts'
import { runWholeDrill } from './flows/whole-drill.ts'

/** docs/custody.md 17, invariants 15 and 16: nothing of a card or a PIN anywhere at the operator, with a marker found in every place. */
export const drill: Drill = {
  name: 'canaries',
  attackerHolds: 'everything that the operator has: memory, database, write-ahead log, logs, errors, every wire, its page',
  claim: 'Card numbers, names, addresses, security codes and PINs that were planted are nowhere at the operator',
  run: search,
}

async function search({ size, log, progress }: DrillContext): Promise<DrillOutcome> {
  const report = await runWholeDrill({ size, onStep: log, onProgress: (_place, index, count) => progress(index, count) })
  const { planted, found, bytesSearched, places } = report
  const unread = places.filter(({ isControlFound, failure }) => !isControlFound || failure !== undefined)
  if (unread.length > 0 || report.missingElsewhere.length > 0)
    throw new Error('a place could not be searched', {
      cause: [...unread.map(({ place }) => place), ...report.missingElsewhere].join(', '),
    })
  const where = places.filter((place) => place.found.length > 0).map(({ place }) => place)
  const megabytes = Math.round(bytesSearched / 1e6)
  return {
    result: found === 0 ? 'withstood' : 'broken',
    obtained:
      found === 0
        ? `nothing of ${String(planted)} planted values in ${String(places.length)} places and ${String(megabytes)} MB`
        : `${String(found)} finds of planted values in ${where.join(', ')}`,
    figures: { planted, found, places: places.length, megabytes },
  }
}

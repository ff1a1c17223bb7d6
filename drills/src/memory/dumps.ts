import { pidOf } from '../canaries/places/of-operator.ts'
import { createMemoryPlace } from '../canaries/places/process-memory.ts'
import type { Needle } from '../canaries/rules/needles.ts'
import { createSearcher } from '../canaries/rules/searcher.ts'
import type { Live } from '../attacker/live.ts'

const searched = ['edge', 'vault'] as const

/** The writable memory of a plane; an absent chunk ends a continuous run. */
export type Dump = { readonly plane: string; readonly chunks: readonly (Uint8Array | undefined)[] }

/** Reads edge and vault as they are at this moment. */
export async function dumpPlanes(live: Live): Promise<readonly Dump[]> {
  const dumps: Dump[] = []
  for (const plane of searched) {
    const chunks: (Uint8Array | undefined)[] = []
    const unused = (): Promise<never> => Promise.reject(new Error('unused'))
    await createMemoryPlace(plane, pidOf(live.running.machinery(), plane), unused).read({
      feed: (chunk) => chunks.push(Uint8Array.from(chunk)),
      endRun: () => chunks.push(undefined),
    })
    dumps.push({ plane, chunks })
  }
  return dumps
}

export type Searched = { readonly names: ReadonlySet<string>; readonly needles: number; readonly bytes: number }

export function searchDumps(dumps: readonly Dump[], wanted: readonly Needle[]): Searched {
  const names = new Set<string>()
  const needles = new Set<Needle>()
  let bytes = 0
  for (const { plane, chunks } of dumps) {
    const searcher = createSearcher(wanted)
    for (const chunk of chunks) {
      if (chunk === undefined) searcher.endRun()
      else searcher.feed(chunk)
    }
    for (const { needle } of searcher.findings()) {
      names.add(`${needle.name} in ${plane}`)
      needles.add(needle)
    }
    bytes += searcher.bytesSearched()
  }
  return { names, needles: needles.size, bytes }
}

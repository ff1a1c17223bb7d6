import { randomInt } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import type { Client } from 'pg'
import type { Installation } from '@symbolon/contracts/installation'
import { startInstallation, type TestInstallation } from '@symbolon/testing/installation'
import { connectTo, listDiskPlaces, listMemoryPlaces, operatorPlanes } from '../places/of-operator.ts'
import { createMemoryPlace } from '../places/process-memory.ts'
import type { Place } from '../places/place.ts'
import { createNeedleSet, type NeedleSet } from '../rules/needle-set.ts'
import { createPlantedCard, listPlantedValues, listRanges, type PlantedCard, type PlantedValue } from '../rules/planted.ts'
import { compareShortValues, summarise, type CanaryReport, type PlaceReport } from '../rules/report.ts'
import { createSearcher } from '../rules/searcher.ts'
import { plantMarkers, readPlace, searchPlaces, type SearchOptions } from '../search-places.ts'
import { collectErrors } from './collect-errors.ts'
import { openTaps } from './open-taps.ts'
import { payInBrowser } from './pay-in-browser.ts'
import { startCustomers, type Customers } from './pay-as-customers.ts'

/** `small`: a card of each issuer, and no browser. */
const sizes = { small: { paymentsPerCard: 5, hasBrowser: false }, full: { paymentsPerCard: 6, hasBrowser: true } } as const

export type DrillOptions = {
  readonly size: keyof typeof sizes
  readonly onStep: (step: string) => void
  readonly onProgress: SearchOptions['onProgress']
}

/** Starts an installation of its own, enrols and pays with planted cards in programs and in a browser, and searches the operator. */
export async function runWholeDrill({ size, onStep, onProgress }: DrillOptions): Promise<CanaryReport> {
  const { paymentsPerCard, hasBrowser } = sizes[size]
  onStep('starting an installation')
  const running = await startInstallation()
  try {
    const plan = plantAll(running.installation(), size)
    const search: SearchOptions = { needles: plan.set.needles, counted: plan.set.counted, onProgress }
    onStep('opening taps in every wire')
    const wires = await openTaps(running)
    const client = await connectTo(running.machinery().operatorDatabase)
    onStep('customers enrol and pay')
    const customers = startCustomers(throughTap(running.installation(), wires.edgeOrigin), plan.cards, paymentsPerCard)
    onStep('stopping the planes in the middle of a payment')
    const midPayment = await searchMidPayment(running, { customers, client, search })
    const { code, output } = await customers.ended
    if (code !== 0) throw new Error(`the customers failed: ${output.slice(-600)}`)
    if (hasBrowser) onStep('a person pays in a browser')
    const browser = hasBrowser ? await payInBrowser(running.installation(), plan.browserCard) : undefined
    const places = [
      ...listMemoryPlaces(running.installation(), running.machinery()),
      ...listDiskPlaces(running.machinery(), client),
      ...wires.places,
      ...(browser?.places ?? []),
    ]
    const atRest = await searchPlaces(places, search)
    onStep('asking for errors')
    const reports = [...midPayment.reports, ...atRest, ...(await searchErrors(running, client, onProgress))]
    onStep('looking for every planted value where it belongs')
    const missing = await findMissing(running, plan, [...midPayment.seenByDevice, ...(browser === undefined ? [] : [browser.seenByDevice])])
    await Promise.all([browser?.close(), wires.close(), client.end()])
    return summarise(plan.values.length, reports, {
      shortValues: compareShortValues(reports, plan.set.plantedCounted, plan.set.unplantedByName),
      missingElsewhere: missing,
    })
  } finally {
    await running.stop()
  }
}

type Plan = {
  readonly cards: readonly PlantedCard[]
  readonly browserCard: PlantedCard
  readonly values: readonly PlantedValue[]
  readonly set: NeedleSet
}

/** A card of every range, so of every network and issuer; the last one is typed in a browser. PINs of twelve digits, one of six. */
function plantAll({ directory }: Installation, size: DrillOptions['size']): Plan {
  const ranges = size === 'full' ? listRanges(directory) : directory.issuers.flatMap(({ accountRanges }) => accountRanges.slice(0, 1))
  const cards = ranges.map((range, index) => createPlantedCard(range, index === 0 ? 6 : 12, randomInt))
  const [first] = ranges
  if (first === undefined) throw new Error('the directory names no account range')
  const browserCard = createPlantedCard(first, 12, randomInt)
  const values = [...cards, ...(size === 'full' ? [browserCard] : [])].flatMap((card, index) =>
    listPlantedValues(card, `card ${String(index + 1)}`),
  )
  return { cards, browserCard, values, set: createNeedleSet(values, randomInt) }
}

function throughTap(installation: Installation, edgeOrigin: string): Installation {
  const { directory } = installation
  return { ...installation, edgeOrigin, directory: { ...directory, operator: { ...directory.operator, origin: edgeOrigin } } }
}

type MidPayment = { readonly customers: Customers; readonly client: Client; readonly search: SearchOptions }

/** Markers first; then the planes are stopped at a moment when a payment is held, read while they stand, and let go on. */
async function searchMidPayment(
  running: TestInstallation,
  { customers, client, search }: MidPayment,
): Promise<{ readonly reports: readonly PlaceReport[]; readonly seenByDevice: readonly Uint8Array[] }> {
  const places = listMemoryPlaces(running.installation(), running.machinery()).map((place): Place => ({
    ...place,
    name: `${place.name}, in mid-payment`,
  }))
  const planted = await plantMarkers(places)
  await stopInMidPayment(running, customers, client)
  try {
    const reports: PlaceReport[] = []
    for (const [index, { place, marker }] of planted.entries()) {
      search.onProgress(place.name, index, planted.length)
      reports.push(await readPlace(place, marker, search))
    }
    return { reports, seenByDevice: await readDevice(customers.pid) }
  } finally {
    signalPlanes(running, 'SIGCONT')
    for (const { release } of planted) await release().catch(() => undefined)
  }
}

async function stopInMidPayment(running: TestInstallation, customers: Customers, client: Client): Promise<void> {
  let hasEnded = false
  void customers.ended.then(() => (hasEnded = true))
  while (!hasEnded) {
    signalPlanes(running, 'SIGSTOP')
    const { rows } = await client.query<{ held: boolean }>(
      "SELECT EXISTS (SELECT 1 FROM edge.holds WHERE outcome = 'live') AND EXISTS (SELECT 1 FROM edge.payments WHERE state = 'captured') AS held",
    )
    if (rows[0]?.held === true) return
    signalPlanes(running, 'SIGCONT')
    await wait(20 + randomInt(60))
  }
  throw new Error('no payment was under way at any moment at which the planes were stopped')
}

function signalPlanes(running: TestInstallation, signal: NodeJS.Signals): void {
  for (const name of operatorPlanes) running.kill(name, signal)
}

async function readDevice(pid: number): Promise<readonly Uint8Array[]> {
  const chunks: Uint8Array[] = []
  await createMemoryPlace('device', pid, () => Promise.reject(new Error('unused'))).read({
    feed: (chunk) => chunks.push(Uint8Array.from(chunk)),
    endRun: () => chunks.push(new Uint8Array(4)),
  })
  return chunks
}

/**
 * What is sent to edge where it does not belong is in its memory for a while: that is the sender's doing. It may not be in an answer,
 * a log or a table. The values are others than those that were paid with, so that the two cannot be confused.
 */
async function searchErrors(
  running: TestInstallation,
  client: Client,
  onProgress: SearchOptions['onProgress'],
): Promise<readonly PlaceReport[]> {
  const decoys = listRanges(running.installation().directory).flatMap((range, index) =>
    listPlantedValues(createPlantedCard(range, 12, randomInt), `misplaced card ${String(index + 1)}`),
  )
  const errors = await collectErrors(running.installation(), decoys)
  const stored = listDiskPlaces(running.machinery(), client).map((place): Place => ({
    ...place,
    name: `${place.name}, after misplaced values`,
  }))
  return searchPlaces([errors, ...stored], { needles: createNeedleSet(decoys, randomInt).needles, counted: [], onProgress })
}

/** Every planted value must be at the device or at the issuer: else the planting, or the search, does not work. */
async function findMissing(running: TestInstallation, plan: Plan, seenByDevice: readonly Uint8Array[]): Promise<readonly string[]> {
  const searcher = createSearcher(plan.set.needles, plan.set.plantedCounted)
  for (const chunk of seenByDevice) searcher.feed(chunk)
  searcher.endRun()
  for (const { name, party, pid } of running.machinery().processes) {
    if (party.startsWith('issuer-')) await createMemoryPlace(name, pid, () => Promise.reject(new Error('unused'))).read(searcher)
  }
  const seen = new Set([
    ...searcher.findings().map(({ needle }) => needle.name),
    ...[...searcher.counts()].flatMap(([needle, count]) => (count > 0 ? [needle.name] : [])),
  ])
  return plan.values.filter(({ name, isPassing }) => !isPassing && !seen.has(name)).map(({ name }) => name)
}

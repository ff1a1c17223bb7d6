import { readDeviceFile } from '../attacker/device-files.ts'
import { quickStretchPin } from '../attacker/device.ts'
import { loadGroup } from '../attacker/ed25519.ts'
import { payLive, startLive, type Live } from '../attacker/live.ts'
import { connectTo, listDiskPlaces } from '../canaries/places/of-operator.ts'
import { listRanges } from '../canaries/rules/planted.ts'
import type { Drill, DrillContext, DrillOutcome } from '../drill.ts'
import { findRecords, findShares, searchPlaces, type Owned } from './thief.ts'

const sizes = { small: { devices: 2, payments: 2 }, full: { devices: 40, payments: 25 } } as const

/** docs/custody.md 12: what the operator stores is worth nothing without keys that lie elsewhere and devices that are elsewhere still. */
export const drill: Drill = {
  name: 'db-theft',
  attackerHolds:
    'the operator’s whole database as it stands: a dump of every table, the server’s files and write-ahead log, every record of the issuer link; no key file, no device',
  claim: 'The operator’s database gives no share, no key, no card number and nothing that tests a PIN',
  run: attack,
}

async function attack({ size, log, progress }: DrillContext): Promise<DrillOutcome> {
  const live = await startLive()
  const client = await connectTo(live.running.machinery().operatorDatabase)
  try {
    const owned = await prepareOwners(live, sizes[size], progress)
    // What lies in shared buffers goes to the files first: a thief of files may come at any time.
    await client.query('CHECKPOINT')
    // Logs are of another theft: the canaries read them.
    const places = listDiskPlaces(live.running.machinery(), client).filter(({ name }) => !name.startsWith('log of'))
    const { found, bytes } = await searchPlaces(places, owned)
    const shares = await findShares(client, await loadGroup(), owned)
    const records = await findRecords(client, owned)
    for (const name of [`${String(shares)} vault halves`, `${String(records)} halves of card records`, ...found]) log(name)
    const total = found.size + shares + records
    const megabytes = Math.round(bytes / 1e6)
    const obtained =
      total === 0
        ? `nothing: ${String(megabytes)} MB of tables, files and log hold no share, key, record or card number of ${String(owned.length)} wallets`
        : [`${String(shares)} of ${String(owned.length)} vault halves`, `${String(records)} halves of card records`, ...found].join(', ')
    return { result: total === 0 ? 'withstood' : 'broken', obtained, figures: { megabytes, shares, records, found: found.size } }
  } finally {
    await client.end()
    await live.stop()
  }
}

async function prepareOwners(
  live: Live,
  { devices, payments }: { readonly devices: number; readonly payments: number },
  progress: DrillContext['progress'],
): Promise<readonly Owned[]> {
  const ranges = listRanges(live.installation.directory)
  const owners: Owned[] = []
  for (let index = 0; index < devices; index += 1) {
    const range = ranges[index % ranges.length]
    if (range === undefined) throw new Error('the directory names no account range')
    let stretchedPin = new Uint8Array()
    const device = await live.enrol(range, {
      stretchPin: async (pin, salt) => {
        const stretched = await quickStretchPin(pin, salt)
        stretchedPin = Uint8Array.from(stretched)
        return stretched
      },
    })
    const epochKeys = new Map<string, Uint8Array>()
    const note = (): void => {
      for (const { eid, key } of readDeviceFile(device.device.medium.snapshot().state).epochs) epochKeys.set(eid, key)
    }
    for (let paid = 0; paid < payments; paid += 1) {
      note()
      if ((await payLive(live, device)) !== 'paid') throw new Error('a payment before the theft failed')
      note()
    }
    await payLive(live, device, '000000000000')
    owners.push({ ...device, epochKeys, stretchedPin })
    progress(index + 1, devices + 1)
  }
  return owners
}

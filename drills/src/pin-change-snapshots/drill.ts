import { readDeviceFile, readDeviceRecords, type DeviceLoot } from '../attacker/device-files.ts'
import { valueOf } from '../attacker/device.ts'
import { loadGroup, type Group } from '../attacker/ed25519.ts'
import { startPayingDevice, stretchFreely, type PayingDevice } from '../attacker/paying-device.ts'
import { listSixDigitPins, searchPins, type Confirmed } from '../attacker/pin-search.ts'
import { startScene } from '../attacker/scene.ts'
import type { Drill, DrillContext, DrillOutcome } from '../drill.ts'

const pins = ['270604', '918273', '555013'] as const
const sizes = { small: 2_000, full: 1_000_000 } as const

/** A thief who had the device's storage before a change of the PIN, and has it again afterwards. */
export const drill: Drill = {
  name: 'pin-change-snapshots',
  attackerHolds: 'the device’s files from before and from after each change of the PIN, and everything that was written between them',
  claim: 'neither the old PIN nor the new one can be tested',
  run: async (context) => {
    const group = await loadGroup()
    const thefts = await live()
    return judge(group, thefts, context)
  },
}

type Theft = { readonly what: string; readonly loot: DeviceLoot }

/** A wallet whose PIN is changed twice, with a mistyped one between. */
async function live(): Promise<readonly Theft[]> {
  const scene = await startScene({ limits: { opensPerMinute: 100_000 } })
  const [first, second, third] = pins
  const device = await startPayingDevice(scene, first)
  await expectEnd(device, first, 'paid')
  const thefts: Theft[] = []
  for (const [from, to] of [
    [first, second],
    [second, third],
  ] as const) {
    const before = device.medium.snapshot().state
    const writtenBefore = device.medium.written.length
    const changed = valueOf(await device.sdk().changePin(from, to))
    if (changed.kind !== 'changed') throw new Error('the PIN is changed')
    const after = device.medium.snapshot().state
    const written = device.medium.written
      .slice(writtenBefore)
      .filter(({ file, bytes }) => file === 'state' && bytes.length === before.length / 2)
    const both = [before, after].flatMap(splitRecords)
    thefts.push({ what: 'two snapshots', loot: readDeviceRecords(both) })
    thefts.push({ what: 'every write between them', loot: readDeviceRecords([...both, ...written.map(({ bytes }) => bytes)]) })
    if (readDeviceFile(after).epochs.every(({ eid }) => readDeviceFile(before).epochs.some((epoch) => epoch.eid === eid))) {
      throw new Error('a change of the PIN is an epoch of its own')
    }
    await expectEnd(device, from, 'wrong-pin')
    await expectEnd(device, to, 'paid')
  }
  return thefts
}

async function expectEnd(device: PayingDevice, typed: string, expected: string): Promise<void> {
  if ((await device.pay(typed)) !== expected) throw new Error('a payment of the setting ends otherwise than it should')
}

function splitRecords(file: Uint8Array): readonly Uint8Array[] {
  return [file.subarray(0, file.length / 2), file.subarray(file.length / 2)]
}

function judge(group: Group, thefts: readonly Theft[], { size, progress }: DrillContext): DrillOutcome {
  const list = listSixDigitPins(sizes[size], pins)
  const found = thefts.map(({ what, loot }, index) => ({
    what,
    confirmed: searchPins(
      group,
      { device: loot, vaultEpochs: [], attempts: [] },
      list.map((each) => ({ pin: each, stretched: stretchFreely(each, loot.pinSalt) })),
      { onProgress: (done, total) => progress(index * total + done, thefts.length * total) },
    ),
  }))
  const confirmed = found.flatMap((one): readonly Confirmed[] => one.confirmed)
  const fallen = pins.filter((each) => confirmed.some((one) => one.pin === each))
  return {
    result: confirmed.length > 0 ? 'broken' : 'withstood',
    obtained:
      confirmed.length > 0
        ? `${fallen.length} of ${pins.length} PINs, old and new`
        : `nothing: none of ${list.length} PINs is confirmed, neither old nor new`,
    figures: {
      pins: list.length,
      thefts: thefts.length,
      epochs: Math.max(...thefts.map(({ loot }) => loot.epochs.length)),
      confirmed: fallen.length,
    },
  }
}

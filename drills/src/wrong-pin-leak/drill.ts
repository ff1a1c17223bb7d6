import { bytesToHex } from '@symbolon/formats/bytes'
import { readDeviceFile, type DeviceLoot } from '../attacker/device-files.ts'
import { loadGroup, type Group } from '../attacker/ed25519.ts'
import { listSixDigitPins, searchPins, type Confirmed, type OpenedAttempt, type VaultEpoch } from '../attacker/pin-search.ts'
import { readVaultEpochs, recordAttempts } from '../attacker/vault-loot.ts'
import { startScene } from '../attacker/scene.ts'
import { startPayingDevice, stretchFreely } from '../attacker/paying-device.ts'
import type { Drill, DrillContext, DrillOutcome } from '../drill.ts'

const pin = '270604'
const wrongPin = '270605'
const sizes = { small: { pins: 2_000, laterEpochs: [1, 4] }, full: { pins: 1_000_000, laterEpochs: [1, 2, 5, 20] } } as const

/** A hostile vault keeps what a wrong PIN told it, and its operator steals the device some payments later. */
export const drill: Drill = {
  name: 'wrong-pin-leak',
  attackerHolds: 'everything that the vault saw and knew up to a wrong PIN, and the device’s files from some payments later',
  claim: 'what a wrong PIN tells the vault tests no PIN once the device has signed again',
  run: async (context) => {
    const group = await loadGroup()
    const life = await live(sizes[context.size].laterEpochs)
    return judge(group, life, context)
  },
}

type Life = {
  readonly attempts: readonly OpenedAttempt[]
  readonly vaultEpochs: readonly VaultEpoch[]
  readonly devices: readonly { readonly later: number; readonly loot: DeviceLoot }[]
}

/** Payments, a wrong PIN twice, and payments again; the vault is hostile until the wrong PIN, the device is stolen afterwards. */
async function live(laterEpochs: readonly number[]): Promise<Life> {
  const scene = await startScene({ limits: { opensPerMinute: 100_000 } })
  const attempts = recordAttempts(scene.vault())
  const device = await startPayingDevice(scene, pin)
  const read = (): DeviceLoot => readDeviceFile(device.medium.snapshot().state)
  const walletId = bytesToHex(read().walletId)
  const vaultEpochs: VaultEpoch[] = [...readVaultEpochs(scene.vault(), walletId)]
  const payAndExpect = async (typed: string, expected: string): Promise<void> => {
    if ((await device.pay(typed)) !== expected) throw new Error('a payment of the setting ends otherwise than it should')
  }
  await payAndExpect(pin, 'paid')
  vaultEpochs.push(...readVaultEpochs(scene.vault(), walletId))
  await payAndExpect(wrongPin, 'wrong-pin')
  await payAndExpect('000000', 'wrong-pin')
  const devices = [{ later: 0, loot: read() }]
  const last = Math.max(...laterEpochs)
  const seen = { count: attempts.length }
  for (let later = 1; later <= last; later += 1) {
    await payAndExpect(pin, 'paid')
    // The right PIN on the same epoch still meets the hostile vault; what follows does not.
    if (later === 1) seen.count = attempts.length
    if (laterEpochs.includes(later)) devices.push({ later, loot: read() })
  }
  return { attempts: attempts.slice(0, seen.count), vaultEpochs, devices }
}

function judge(group: Group, { attempts, vaultEpochs, devices }: Life, context: DrillContext): DrillOutcome {
  const pins = listSixDigitPins(sizes[context.size].pins, [pin, wrongPin])
  const search = ({ loot, later }: Life['devices'][number], list: readonly string[]): readonly Confirmed[] =>
    searchPins(
      group,
      { device: loot, vaultEpochs, attempts },
      list.map((each) => ({ pin: each, stretched: stretchFreely(each, loot.pinSalt) })),
      { onProgress: (done, total) => context.progress(later * total + done, (devices.length + 1) * total) },
    )
  const found = devices.map((device) => ({
    later: device.later,
    // At the time of the wrong PIN itself the two halves are of one epoch: that the PIN falls then shows that the tool works.
    confirmed: search(device, device.later === 0 ? [...pins.slice(0, 500), pin, wrongPin] : pins),
  }))
  if (found[0]?.confirmed.some((one) => one.pin === pin && one.relation === 'wrong-attempt') !== true) {
    throw new Error('the wrong attempt tests the PIN while its salt is on the device, or nothing was tried')
  }
  const broken = found.filter(({ later, confirmed }) => later > 0 && confirmed.length > 0)
  return {
    result: broken.length > 0 ? 'broken' : 'withstood',
    obtained:
      broken.length > 0
        ? `the PIN: ${broken.flatMap(({ confirmed }) => confirmed.map((one) => one.pin)).includes(pin) ? 'the right one is confirmed' : 'another one'}, also ${Math.max(...broken.map(({ later }) => later))} payments later`
        : `nothing: none of ${pins.length} PINs is confirmed, the right one as little as the others`,
    figures: { pins: pins.length, attempts: attempts.length, thefts: devices.length - 1, confirmed: broken.length },
  }
}

import { join } from 'node:path'
import { encodeDeviceSignatureInput } from '@symbolon/custody/device'
import { startInstallation } from '@symbolon/testing/installation'
import type { DeviceLoot } from '../attacker/device-files.ts'
import { loadGroup } from '../attacker/ed25519.ts'
import { listSixDigitPins } from '../attacker/pin-search.ts'
import { readingsOf, scanFor, type Readings } from '../attacker/value-scan.ts'
import type { Drill, DrillContext, DrillOutcome } from '../drill.ts'
import { signsAsDevice, withLogsJoined } from './device-key.ts'
import { listFiles, live, pin, readWallet, wrongPin, type Life } from './live.ts'
import { confirmPins, stretchForFree, stretchTruly } from './search.ts'

const sizes = {
  small: { payments: 2, freePins: 5_000, truePins: 4 },
  full: { payments: 6, freePins: 1_000_000, truePins: 200 },
} as const

/** The whole profile of a real browser, as it lies on the disk of a stolen device. */
export const drill: Drill = {
  name: 'device-theft',
  attackerHolds: 'the whole browser profile after a wallet, payments, receipts and wrong PINs, the “non-extractable” device key included',
  claim: 'no PIN can be tested against it, and no earlier epoch lies in it',
  run: async (context) => {
    const profile = join(context.folder, 'profile')
    const running = await startInstallation()
    try {
      const life = await live(running, profile, sizes[context.size].payments)
      await running.stop()
      return await search(profile, life, context)
    } finally {
      await running.stop()
    }
  },
}

async function search(profile: string, life: Life, context: DrillContext): Promise<DrillOutcome> {
  const { freePins, truePins } = sizes[context.size]
  const files = withLogsJoined(listFiles(profile))
  const readings = files.flatMap(({ bytes }) => readingsOf(bytes))
  const stolen = { group: await loadGroup(), loot: readWallet(profile), readings }
  const total = truePins + freePins / 1_000
  const typed = await stretchTruly(stolen.loot, [pin, wrongPin, ...listSixDigitPins(truePins - 2, [])], (done) =>
    context.progress(done, total),
  )
  const free = stretchForFree(stolen.loot, listSixDigitPins(freePins, [pin, wrongPin]), typed)
  const confirmed = new Set([
    ...confirmPins(stolen, typed, () => undefined),
    ...confirmPins(stolen, free, (done) => context.progress(truePins + done / 1_000, total)),
  ])
  const earlier = countEarlier(readings, life)
  const hasKey = signsAsDevice(files, life.devicePublicKey, encodeDeviceSignatureInput(new Uint8Array(187).fill(1)))
  if (!holdsLatest(readings, life.last)) throw new Error('the search finds what is known to lie in the profile')
  const isBroken = confirmed.size > 0 || earlier > 0
  const found = `${hasKey ? 'the device key, which is software, and signs with it' : 'no device key'}`
  return {
    result: isBroken ? 'broken' : 'withstood',
    obtained: isBroken
      ? `${confirmed.has(pin) ? 'the PIN' : 'a PIN'} (${confirmed.size} confirmed), ${earlier} values of earlier epochs`
      : `${found}; of ${free.length} PINs none is confirmed, the right one as little as the others`,
    figures: {
      files: files.length,
      bytes: files.reduce((sum, { bytes }) => sum + bytes.length, 0),
      freePins: free.length,
      truePins: typed.length,
      confirmed: confirmed.size,
      earlierValues: earlier,
      deviceKeySigns: hasKey ? 1 : 0,
    },
  }
}

// Invariant 11: what an earlier epoch was may not be anywhere in the profile.
function countEarlier(readings: Readings, { earlier, last }: Life): number {
  const now = new Set(last.epochs.map(({ eid }) => eid))
  const gone = earlier.flatMap(({ epochs }) => epochs).filter(({ eid }) => !now.has(eid))
  return scanFor(
    readings,
    gone.flatMap(({ eid, key, maskedShare, salt }) =>
      Object.entries({ key, maskedShare, salt }).map(([name, value]) => ({ owner: `${eid} ${name}`, value })),
    ),
  ).size
}

function holdsLatest(readings: Readings, { epochs }: DeviceLoot): boolean {
  return epochs.some(({ eid, maskedShare }) => scanFor(readings, [{ owner: eid, value: maskedShare }]).size > 0)
}

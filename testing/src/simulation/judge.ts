import { createHash } from 'node:crypto'
import { unmaskShare } from '@symbolon/custody/device'
import type { Primitives } from '@symbolon/custody/operator'
import { base64urlToBytes, hexToBytes, isEqualBytes } from '@symbolon/formats/bytes'
import type { VaultDependencies } from '@symbolon/operator-vault/flows'
import type { Medium } from './medium.ts'
import { quickStretchPin } from './pin.ts'

/** An epoch as it lies in the device's file. */
type StoredEpoch = { readonly eid: string; readonly maskedShare: string; readonly salt: string }
/** The device's record, read as its format is documented and not by the SDK's own code. */
export type DeviceFile = {
  readonly walletKey: string
  readonly pinSalt: string
  readonly current: StoredEpoch
  readonly pending: StoredEpoch | null
  readonly isFrozen: boolean
}

const recordSize = 16_384

/** The newest whole record of the file; undefined for a file without one. */
export function readDeviceFile({ files }: Medium): DeviceFile | undefined {
  const copies = [0, recordSize].map((start) => {
    const view = Buffer.from(files.state.subarray(start, start + recordSize))
    const [generation, size] = [view.readBigUInt64BE(0), view.readUInt32BE(8)]
    const isWhole = createHash('sha256').update(view.subarray(0, -32)).digest().equals(view.subarray(-32))
    return { generation, text: !isWhole ? '' : view.toString('utf8', 12, 12 + Math.min(size, recordSize - 44)) }
  })
  const parsed = copies.flatMap(({ generation, text }) => {
    try {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a file of the SDK under test; a wrong shape breaks the judge loudly
      return [{ generation, file: JSON.parse(text) as DeviceFile }]
    } catch {
      return []
    }
  })
  return parsed.toSorted((left, right) => Number(right.generation - left.generation))[0]?.file
}

export type Judged = { readonly walletId: string; readonly medium: Medium; readonly pins: readonly string[] }

/**
 * What must hold of a wallet at every moment: some epoch is common to both files, both halves of it add up to the wallet's key under a
 * PIN that the person knows, and nobody has frozen it. Answers what does not hold.
 */
export async function judgeWallet(
  { walletId, medium, pins }: Judged,
  deps: Pick<VaultDependencies, 'store' | 'sealer'> & { readonly primitives: Pick<Primitives, 'group'> },
): Promise<readonly string[]> {
  const file = readDeviceFile(medium)
  const wallet = await deps.store.find(walletId)
  if (file === undefined || wallet === undefined) return ['key lost: one half is nowhere']
  const { stored } = wallet
  const ofVault = stored.pending === null ? [stored.current] : [stored.current, stored.pending]
  const ofDevice = file.pending === null ? [file.current] : [file.current, file.pending]
  const common = ofVault.flatMap((epoch) => ofDevice.filter(({ eid }) => eid === epoch.eid).map((device) => ({ epoch, device })))
  if (common.length === 0) return ['key lost: no epoch is common']
  const broken: string[] = []
  if (file.isFrozen || Boolean(stored.frozen)) broken.push('false alarm: a wallet without a copy is frozen')
  for (const { epoch, device } of common) {
    const share = deps.sealer.open({ walletId, epochId: epoch.eid, column: 'share' }, epoch.secrets.share)
    const { group } = deps.primitives
    const fits = await Promise.all(
      pins.map(async (pin) => {
        const factor = { walletId: hexToBytes(walletId), salt: base64urlToBytes(device.salt) }
        const stretchedPin = await quickStretchPin(pin, base64urlToBytes(file.pinSalt))
        const other = unmaskShare(deps.primitives, base64urlToBytes(device.maskedShare), { ...factor, stretchedPin })
        return isEqualBytes(group.multiplyBase(group.addScalars(share, other)), base64urlToBytes(file.walletKey))
      }),
    )
    if (!fits.includes(true)) broken.push('key lost: the halves of a common epoch do not add up')
  }
  return broken
}

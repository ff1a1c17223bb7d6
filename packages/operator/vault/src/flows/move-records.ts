import { rerandomiseHalf, wipe } from '@symbolon/custody/operator'
import { hexToBytes } from '@symbolon/formats/bytes'
import type { RecordHalf, Sealer } from '../ports.ts'

/** Moves every record half of a wallet to the epoch that is promoted, each sealed anew (docs/custody.md 11). The device does the same. */
export function moveRecords(
  sealer: Sealer,
  promoted: {
    readonly walletId: string
    readonly epochId: string
    readonly sealedKey: Uint8Array
    readonly records: readonly RecordHalf[]
  },
): readonly RecordHalf[] {
  const { walletId, epochId, sealedKey, records } = promoted
  const recordKey = sealer.open({ walletId, epochId, column: 'rerandomiser' }, sealedKey)
  const moved = records.map(({ recordId, half }) => {
    const place = { walletId, epochId: recordId, column: 'record' } as const
    const before = sealer.open(place, half)
    const after = rerandomiseHalf(recordKey, hexToBytes(recordId), before)
    const sealed = sealer.seal(place, after)
    wipe(before, after)
    return { recordId, half: sealed }
  })
  wipe(recordKey)
  return moved
}

import { wipe } from '@symbolon/custody/operator'
import type { Place, SealedEpoch, SealedRow, Sealer } from '../ports.ts'

/** The same secrets under the newest generation. Each is open for the length of its own sealing alone. */
export function resealRow(sealer: Sealer, { wallet, records }: SealedRow): SealedRow {
  const { walletId, stored } = wallet
  const { current, pending, retired } = stored
  const epoch = (epochId: string, secrets: SealedEpoch): SealedEpoch => ({
    share: reseal(sealer, { walletId, epochId, column: 'share' }, secrets.share),
    key: reseal(sealer, { walletId, epochId, column: 'key' }, secrets.key),
    rerandomiser:
      secrets.rerandomiser === null ? null : reseal(sealer, { walletId, epochId, column: 'rerandomiser' }, secrets.rerandomiser),
  })
  return {
    wallet: {
      ...wallet,
      stored: {
        ...stored,
        current: { ...current, secrets: epoch(current.eid, current.secrets) },
        pending: pending === null ? null : { ...pending, secrets: epoch(pending.eid, pending.secrets) },
        retired: retired.map(({ eid, macKey }) => ({ eid, macKey: reseal(sealer, { walletId, epochId: eid, column: 'retired' }, macKey) })),
      },
    },
    records: records.map(({ recordId, half }) => ({
      recordId,
      half: reseal(sealer, { walletId, epochId: recordId, column: 'record' }, half),
    })),
  }
}

// A closed wallet has nothing sealed.
function reseal(sealer: Sealer, place: Place, sealed: Uint8Array): Uint8Array {
  if (sealed.length === 0 || sealer.isNewest(sealed)) return sealed
  const secret = sealer.open(place, sealed)
  const renewed = sealer.seal(place, secret)
  wipe(secret)
  return renewed
}

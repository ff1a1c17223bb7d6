import { deriveMacKey, wipe } from '@symbolon/custody/operator'
import type { SealedEpoch, Sealer } from '../ports.ts'

type EpochPlace = { readonly walletId: string; readonly epochId: string }

/** Seals the secrets of an epoch, each for its own place. The caller wipes what it passed. */
export function sealEpoch(
  sealer: Sealer,
  place: EpochPlace,
  secrets: { readonly share: Uint8Array; readonly key: Uint8Array; readonly rerandomiser?: Uint8Array },
): SealedEpoch {
  return {
    share: sealer.seal({ ...place, column: 'share' }, secrets.share),
    key: sealer.seal({ ...place, column: 'key' }, secrets.key),
    rerandomiser: secrets.rerandomiser === undefined ? null : sealer.seal({ ...place, column: 'rerandomiser' }, secrets.rerandomiser),
  }
}

/** Lends a secret of an epoch to some work and wipes it, however the work ends. */
export async function withSecret<Value>(
  sealer: Sealer,
  place: EpochPlace & { readonly column: 'share' | 'key'; readonly sealed: SealedEpoch },
  work: (secret: Uint8Array) => Value | Promise<Value>,
): Promise<Value> {
  const { sealed, ...rest } = place
  const secret = sealer.open(rest, sealed[place.column])
  try {
    return await work(secret)
  } finally {
    wipe(secret)
  }
}

/** The MAC key of a live epoch. */
export function openMacKey(sealer: Sealer, place: EpochPlace, sealed: SealedEpoch): Promise<Uint8Array> {
  return withSecret(sealer, { ...place, column: 'key', sealed }, (key) => deriveMacKey(key))
}

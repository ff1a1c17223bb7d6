import type { HexId, PendingOffer } from '@symbolon/custody/operator'
import { wipe } from '@symbolon/custody/operator'

/** Offers that wait for a device, in memory alone and each taken once. */
export type OfferTable = {
  /** Answers false when the table is full. */
  put(walletId: HexId, pending: PendingOffer, expiresAtMs: number): boolean
  /** Takes the offer out, whatever becomes of it. */
  take(walletId: HexId, nowMs: number): PendingOffer | undefined
  sweep(nowMs: number): void
}

export function createOfferTable(maximum: number): OfferTable {
  const offers = new Map<HexId, { readonly pending: PendingOffer; readonly expiresAtMs: number }>()
  return {
    put(walletId, pending, expiresAtMs) {
      if (offers.size >= maximum) return false
      offers.set(walletId, { pending, expiresAtMs })
      return true
    },
    take(walletId, nowMs) {
      const offer = offers.get(walletId)
      offers.delete(walletId)
      return offer !== undefined && nowMs < offer.expiresAtMs ? offer.pending : undefined
    },
    sweep(nowMs) {
      for (const [walletId, offer] of offers) {
        if (nowMs < offer.expiresAtMs) continue
        wipe(offer.pending.share)
        offers.delete(walletId)
      }
    },
  }
}

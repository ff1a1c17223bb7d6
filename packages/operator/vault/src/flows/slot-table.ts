import { emptyVaultMemory, wipe, type HexId, type OpenedPay, type SlotSecrets, type VaultMemory } from '@symbolon/custody/operator'
import type { Terms } from '../rules/terms.ts'

/** A message that was opened and verified, waiting for edge's decision. It holds the device's share: memory only. */
export type CheckedMessage = {
  readonly handle: HexId
  readonly opened: OpenedPay
  readonly terms: Terms
  readonly sealedRecord: Uint8Array | undefined
}

/** What the process remembers of one wallet. */
export type WalletMemory = {
  readonly memory: VaultMemory
  readonly slot: SlotSecrets | null
  readonly checked: CheckedMessage | null
  readonly opens: { readonly sinceMs: number; readonly count: number }
}

/** Slots and what belongs to them, in memory alone: at most one per wallet, wiped when it is replaced, used or expired. */
export type SlotTable = {
  get(walletId: HexId): WalletMemory
  /** Replaces; a slot that is not carried over is wiped unless `keepNonces` says that it is being used at this moment. */
  set(walletId: HexId, next: WalletMemory, options?: { readonly keepNonces: boolean }): void
  /** Whether one more slot fits; makes room of expired ones first. */
  hasRoom(walletId: HexId, nowMs: number): boolean
  /** Wipes the slots of the wallets for which `isDropped` says so. */
  drop(isDropped: (walletId: HexId) => boolean): void
  sweep(nowMs: number): void
  readonly liveSlots: number
}

const nothing: WalletMemory = { memory: emptyVaultMemory, slot: null, checked: null, opens: { sinceMs: 0, count: 0 } }
const windowMs = 60_000

export function createSlotTable(maximum: number): SlotTable {
  const byWallet = new Map<HexId, WalletMemory>()
  let liveSlots = 0
  const set: SlotTable['set'] = (walletId, next, options = { keepNonces: false }) => {
    const before = byWallet.get(walletId)?.slot ?? null
    if (before !== null && before !== next.slot && !options.keepNonces) wipe(before.nonces.hiding, before.nonces.binding)
    liveSlots += (next.slot === null ? 0 : 1) - (before === null ? 0 : 1)
    byWallet.set(walletId, next)
  }
  const sweep = (nowMs: number): void => {
    for (const [walletId, held] of byWallet) {
      if (held.memory.slot !== null && nowMs < held.memory.slot.expiresAtMs) continue
      if (held.slot !== null) set(walletId, { ...held, memory: { ...held.memory, slot: null }, slot: null, checked: null })
      if (nowMs - held.opens.sinceMs >= windowMs) byWallet.delete(walletId)
    }
  }
  const drop = (isDropped: (walletId: HexId) => boolean): void => {
    for (const [walletId, held] of byWallet) {
      if (isDropped(walletId)) set(walletId, { ...held, memory: emptyVaultMemory, slot: null, checked: null })
    }
  }
  return {
    get: (walletId) => byWallet.get(walletId) ?? nothing,
    set,
    hasRoom(walletId, nowMs) {
      if (liveSlots < maximum || byWallet.get(walletId)?.slot != null) return true
      sweep(nowMs)
      return liveSlots < maximum
    },
    drop,
    sweep,
    get liveSlots() {
      return liveSlots
    },
  }
}

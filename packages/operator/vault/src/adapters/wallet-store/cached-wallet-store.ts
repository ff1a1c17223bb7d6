import type { HexId } from '@symbolon/custody/operator'
import type { Wallet, WalletStore } from '../../ports.ts'

/**
 * Remembers the wallets that were read or saved last, at most `maximum` of them, as they lie in the database: sealed. One vault owns the
 * wallets at a time, so what it saved last is what is there; a save on anything else fails, and its wallet is read again.
 */
export function createCachedWalletStore(store: WalletStore, maximum: number): WalletStore {
  const wallets = new Map<HexId, Wallet>()
  // Whatever was under way when everything was forgotten may be from before, and is not remembered.
  let forgotten = 0
  const remember = (wallet: Wallet, since: number): void => {
    if (since !== forgotten) return
    wallets.delete(wallet.walletId)
    wallets.set(wallet.walletId, wallet)
    const [oldest] = wallets.keys()
    if (wallets.size > maximum && oldest !== undefined) wallets.delete(oldest)
  }
  const forgetAll = (): void => {
    forgotten += 1
    wallets.clear()
  }
  const find = async (walletId: HexId): Promise<Wallet | undefined> => {
    const since = forgotten
    const wallet = await store.find(walletId)
    if (wallet === undefined) wallets.delete(walletId)
    else remember(wallet, since)
    return wallet
  }
  return {
    ...store,
    find,
    async recall(walletId) {
      const wallet = wallets.get(walletId)
      if (wallet === undefined) return find(walletId)
      remember(wallet, forgotten)
      return wallet
    },
    async save(change) {
      const since = forgotten
      const wallet = wallets.get(change.walletId)
      // If it throws, it may have happened.
      wallets.delete(change.walletId)
      await store.save(change)
      if (wallet !== undefined && change.after.closed === null) remember({ ...wallet, stored: withoutRerandomiser(change.after) }, since)
    },
    async reseal(change) {
      wallets.delete(change.walletId)
      await store.reseal(change)
    },
    async demandRefresh(scope, demand) {
      try {
        return await store.demandRefresh(scope, demand)
      } finally {
        forgetAll()
      }
    },
  }
}

// What re-randomises record halves serves one promotion; no column keeps it for a current epoch.
function withoutRerandomiser(stored: Wallet['stored']): Wallet['stored'] {
  const { current } = stored
  return current.secrets.rerandomiser === null
    ? stored
    : { ...stored, current: { ...current, secrets: { ...current.secrets, rerandomiser: null } } }
}

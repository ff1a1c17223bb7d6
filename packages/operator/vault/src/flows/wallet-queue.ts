/** One thing at a time for one wallet, in the order of asking; wallets do not wait for each other. */
export type WalletQueue = <Value>(walletId: string, work: () => Promise<Value>) => Promise<Value>

export function createWalletQueue(): WalletQueue {
  const tails = new Map<string, Promise<unknown>>()
  return (walletId, work) => {
    const before = tails.get(walletId) ?? Promise.resolve()
    // What was before may have failed; that is for its own caller.
    const result = before.then(work, work)
    tails.set(walletId, result)
    const forget = (): void => {
      if (tails.get(walletId) === result) tails.delete(walletId)
    }
    result.then(forget, forget)
    return result
  }
}

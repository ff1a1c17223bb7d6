/** One thing at a time for one wallet, in the order of asking; wallets do not wait for each other. */
export type WalletQueue = {
  <Value>(walletId: string, work: () => Promise<Value>): Promise<Value>
  /** Resolves once everything that was asked for before has ended. */
  settled(): Promise<void>
}

export function createWalletQueue(): WalletQueue {
  const tails = new Map<string, Promise<unknown>>()
  const queue = <Value>(walletId: string, work: () => Promise<Value>): Promise<Value> => {
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
  const settled = async (): Promise<void> => {
    await Promise.allSettled(tails.values())
  }
  return Object.assign(queue, { settled })
}

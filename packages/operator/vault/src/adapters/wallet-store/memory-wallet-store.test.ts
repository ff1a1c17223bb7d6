import { describe, it } from 'vitest'
import { walletStoreContract } from './contract.ts'
import { createMemoryWallets, openMemoryWalletStore } from './memory-wallet-store.ts'

describe('the wallet store in memory keeps the contract', () => {
  for (const { name, check } of walletStoreContract) {
    const memory = createMemoryWallets()
    it(name, () => check(() => Promise.resolve(openMemoryWalletStore(memory))))
  }
})

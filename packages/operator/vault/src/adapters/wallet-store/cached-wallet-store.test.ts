import { createVaultState } from '@symbolon/custody/operator'
import { describe, expect, it } from 'vitest'
import type { Wallet, WalletChange, WalletStore } from '../../ports.ts'
import { createCachedWalletStore } from './cached-wallet-store.ts'
import { walletStoreContract } from './contract.ts'
import { createMemoryWallets, openMemoryWalletStore } from './memory-wallet-store.ts'

describe('wallets remembered before the store keep its contract', () => {
  it.each(walletStoreContract)('$name', async ({ check }) => {
    const memory = createMemoryWallets()
    await check(async () => createCachedWalletStore(openMemoryWalletStore(memory), 3))
  })
})

const fill = (byte: number, size = 32): Uint8Array => new Uint8Array(size).fill(byte)
const wallet = (name: string): Wallet => ({
  walletId: name.repeat(32),
  walletKey: fill(1),
  deviceKey: { kind: 0, publicKey: fill(2, 91) },
  acceptHash: '03'.repeat(32),
  stopCodeHash: name.repeat(64),
  stored: createVaultState({ eid: '04'.repeat(16), secrets: { share: fill(4), key: fill(5), rerandomiser: null } }).stored,
})

/** A store that counts what is read, and whose reading or saving a test can break. */
async function createCounted(names: readonly string[]) {
  const counts = { found: 0 }
  const real = openMemoryWalletStore(createMemoryWallets())
  for (const name of names) await real.create(wallet(name))
  const breaking: { save: ((change: WalletChange) => Promise<void>) | undefined } = { save: undefined }
  const counted: WalletStore = {
    ...real,
    find: (walletId) => {
      counts.found += 1
      return real.find(walletId)
    },
    save: (change) => (breaking.save === undefined ? real.save(change) : breaking.save(change)),
  }
  return { real, counts, breaking, store: createCachedWalletStore(counted, 2) }
}

describe('recalling', () => {
  it('reads a wallet once, also after it was saved', async () => {
    const { store, counts } = await createCounted(['a'])
    const { walletId, stored } = wallet('a')
    expect(await store.recall(walletId)).toEqual(wallet('a'))
    const after = { ...stored, counter: 1 }
    await store.save({ walletId, before: stored, after })
    expect((await store.recall(walletId))?.stored).toEqual(after)
    expect(counts.found).toBe(1)
    expect((await store.find(walletId))?.stored).toEqual(after)
    expect(counts.found).toBe(2)
  })
  it('keeps the wallets that were used last', async () => {
    const { store, counts } = await createCounted(['a', 'b', 'c'])
    for (const name of ['a', 'b', 'a', 'c', 'a']) await store.recall(wallet(name).walletId)
    expect(counts.found).toBe(3)
    await store.recall(wallet('b').walletId)
    expect(counts.found).toBe(4)
  })
  it('reads again after a save that threw, whatever came of it', async () => {
    const { store, real, breaking } = await createCounted(['a'])
    const { walletId, stored } = wallet('a')
    await store.recall(walletId)
    breaking.save = async (change) => {
      await real.save(change)
      throw new Error('the answer was lost')
    }
    await expect(store.save({ walletId, before: stored, after: { ...stored, counter: 1 } })).rejects.toThrow('lost')
    expect((await store.recall(walletId))?.stored.counter).toBe(1)
  })
  it('forgets everything at a demand, and does not remember a save that began before it', async () => {
    const { store, real, breaking } = await createCounted(['a'])
    const { walletId, stored } = wallet('a')
    await store.recall(walletId)
    let release: () => void = () => undefined
    breaking.save = async (change) => {
      await real.save(change)
      await new Promise<void>((resolve) => (release = resolve))
    }
    const saving = store.save({ walletId, before: stored, after: { ...stored, counter: 1 } })
    const demand = { sinceMs: 1, deadlineMs: 2 }
    await store.demandRefresh({ kind: 'all' }, demand)
    release()
    await saving
    expect((await store.recall(walletId))?.stored).toMatchObject({ counter: 1, demand })
  })
})

import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createVaultState } from '@symbolon/custody/operator'
import { Fault } from '@symbolon/formats/result'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createFileGenerations } from '../adapters/key-store/file-generations.ts'
import { openKeyRing } from '../adapters/key-store/key-ring.ts'
import { createSealer } from '../adapters/sealer.ts'
import { createCachedWalletStore } from '../adapters/wallet-store/cached-wallet-store.ts'
import { createMemoryWallets, openMemoryWalletStore, type MemoryWallets } from '../adapters/wallet-store/memory-wallet-store.ts'
import type { Sealer, Wallet, WalletStore } from '../ports.ts'
import { createRotator } from './rotate-keys.ts'
import { createSlotTable } from './slot-table.ts'
import { destroyKey, verifyKeys } from './verify-keys.ts'
import { createWalletQueue } from './wallet-queue.ts'

const wallets = 450
const idOf = (index: number): string => index.toString(16).padStart(32, '0')
const secretOf = (index: number): Uint8Array => new Uint8Array(32).fill(index % 251)
const options = { onMissing: () => undefined, isFirstStart: async () => true }

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'symbolon-rotation-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function makeWallet(sealer: Sealer, index: number): Wallet {
  const [walletId, epochId] = [idOf(index), idOf(index + 1_000_000)]
  const seal = (column: 'share' | 'key') => sealer.seal({ walletId, epochId, column }, secretOf(index))
  return {
    walletId,
    walletKey: new Uint8Array(32),
    deviceKey: { kind: 0, publicKey: new Uint8Array(91) },
    acceptHash: '00'.repeat(32),
    stopCodeHash: null,
    stored: createVaultState({ eid: epochId, secrets: { share: seal('share'), key: seal('key'), rerandomiser: null } }).stored,
  }
}

/** A process on the same wallets and keys, as after a start. */
async function startProcess(memory: MemoryWallets, wrap: (store: WalletStore) => WalletStore = (store) => store) {
  const keys = await openKeyRing(
    ['one', 'two'].map((name) => createFileGenerations(join(folder, name))),
    options,
  )
  const sealer = createSealer(keys)
  const store = wrap(createCachedWalletStore(openMemoryWalletStore(memory), 100))
  const vault = { store, sealer, queue: createWalletQueue(), slots: createSlotTable(10), clock: { nowMs: () => 0 } }
  const failures: unknown[] = []
  const deps = { vault, keys, onFailure: (error: unknown) => failures.push(error) }
  const rotator = createRotator(deps)
  const rotate = async () => {
    rotator.start()
    await rotator.ended()
    return rotator.status()
  }
  return { deps, keys, sealer, store, rotator, rotate, failures }
}

async function fill(memory: MemoryWallets): Promise<void> {
  const { store, sealer } = await startProcess(memory)
  for (let index = 0; index < wallets; index += 1) await store.create(makeWallet(sealer, index))
}

function openShare(sealer: Sealer, wallet: Wallet | undefined, index: number): Uint8Array {
  const sealed = wallet?.stored.current.secrets.share ?? new Uint8Array()
  return sealer.open({ walletId: idOf(index), epochId: idOf(index + 1_000_000), column: 'share' }, sealed)
}

describe('a rotation', () => {
  it('puts every row under the next generation, destroys the older one, and is one at a time', async () => {
    const memory = createMemoryWallets()
    await fill(memory)
    const { rotate, rotator, deps, keys, sealer, store } = await startProcess(memory)
    const running = rotate()
    rotator.start()
    expect(await running).toMatchObject({ state: 'finished', to: 2, done: wallets, total: wallets, destroyed: [1] })
    expect(keys.generation).toBe(2)
    for (const name of ['one', 'two'])
      expect(readdirSync(join(folder, name)).filter((file) => file.startsWith('kek'))).toEqual(['kek-2.key'])
    expect(openShare(sealer, await store.find(idOf(7)), 7)).toEqual(secretOf(7))
    expect(await verifyKeys(deps)).toMatchObject({ isVerified: true, values: 2 * wallets, oldRow: 'does-not-open' })
    expect(await rotate()).toMatchObject({ to: 3, destroyed: [2] })
  })
  it('that was stopped goes on at the next start, without another generation, and has destroyed nothing before', async () => {
    const memory = createMemoryWallets()
    await fill(memory)
    let resealed = 0
    const dying = await startProcess(memory, (store) => ({
      ...store,
      reseal: async (change) => {
        resealed += 1
        if (resealed > 210) throw new Fault('SERVICE_FAULT', { retry: 'later' })
        await store.reseal(change)
      },
    }))
    expect(await dying.rotate()).toMatchObject({ state: 'failed', to: 2 })
    expect(dying.failures).toHaveLength(1)
    expect([...dying.keys.keyEncryptionKeys.keys()]).toEqual([1, 2])
    const next = await startProcess(memory)
    expect(openShare(next.sealer, await next.store.find(idOf(0)), 0)).toEqual(secretOf(0))
    expect(openShare(next.sealer, await next.store.find(idOf(440)), 440)).toEqual(secretOf(440))
    expect(await destroyKey(next.deps, 1)).toBe('needed')
    const finished = await next.rotate()
    expect(finished).toMatchObject({ state: 'finished', to: 2, destroyed: [1] })
    expect(finished.total).toBeLessThan(wallets)
    expect([...next.keys.keyEncryptionKeys.keys()]).toEqual([2])
  })
  it('waits for a wallet at work, and reseals what that left behind', async () => {
    const memory = createMemoryWallets()
    await fill(memory)
    const { deps, store, rotator, sealer } = await startProcess(memory)
    let release: () => void = () => undefined
    const gate = new Promise<void>((resolve) => (release = resolve))
    const late = idOf(9_999)
    // An enrolment that sealed before the switch and saves after it.
    const made = makeWallet(sealer, 9_999)
    const working = deps.vault.queue(late, async () => {
      await gate
      await store.create(made)
    })
    rotator.start()
    const ended = rotator.ended()
    await new Promise((resolve) => setImmediate(resolve))
    expect(rotator.status()).toMatchObject({ state: 'resealing', done: 0 })
    release()
    await working
    await ended
    expect(rotator.status()).toMatchObject({ state: 'finished', total: wallets + 1 })
    expect(openShare(sealer, await store.find(late), 9_999)).toEqual(secretOf(9_999))
  })
  it('reads again what changed between listing and resealing', async () => {
    const memory = createMemoryWallets()
    await fill(memory)
    let raced = 0
    const { rotate, store, sealer } = await startProcess(memory, (real) => ({
      ...real,
      reseal: async (change) => {
        raced += 1
        if (raced === 1) throw new Fault('VAULT_WALLET_CHANGED', { retry: 'never' })
        await real.reseal(change)
      },
    }))
    expect(await rotate()).toMatchObject({ state: 'finished' })
    expect(raced).toBe(wallets + 1)
    expect(openShare(sealer, await store.find(idOf(0)), 0)).toEqual(secretOf(0))
  })
})

describe('verifying', () => {
  it('finds a row that came back from before, and a key that came back', async () => {
    const memory = createMemoryWallets()
    await fill(memory)
    const { deps, rotate, keys } = await startProcess(memory)
    const backup = memory.wallets.get(idOf(3))
    if (backup === undefined) throw new Error('there is a wallet')
    const oldKey = keys.keyEncryptionKeys.get(1)
    if (oldKey === undefined) throw new Error('there is a key')
    await rotate()
    memory.wallets.set(idOf(3), backup)
    expect(await verifyKeys(deps)).toMatchObject({ isVerified: false, generationsMissing: [1] })
    // The control of "does not open": whoever still has the destroyed key opens the old row.
    const thief = { ...deps, keys: { ...deps.keys, keyEncryptionKeys: new Map([[1, oldKey]]) } }
    const sealer = createSealer({ generation: 2, keyEncryptionKeys: new Map([[1, oldKey]]) })
    expect(await verifyKeys({ ...thief, vault: { ...deps.vault, sealer } })).toMatchObject({ isVerified: false, oldRow: 'opens' })
  })
  it('answers why a generation is not destroyed', async () => {
    const memory = createMemoryWallets()
    await fill(memory)
    const { deps, keys } = await startProcess(memory)
    await keys.addGeneration()
    expect(await destroyKey(deps, 2)).toBe('newest')
    expect(await destroyKey(deps, 1)).toBe('needed')
    expect(await destroyKey(deps, 9)).toBe('unknown')
  })
})

import { describe, expect, test } from 'vitest'
import type { ByteFile, HeldStorage } from '../ports.ts'
import { recordSize } from '../rules/record-pair.ts'
import type { WalletContent } from '../rules/wallet-content.ts'
import { createMemoryStorage } from './memory/index.ts'
import { createWalletStore } from './wallet-store.ts'

const filled = (fill: number): Uint8Array => new Uint8Array(32).fill(fill)
const content = (fill: number): WalletContent => ({
  walletId: '01'.repeat(16),
  walletKey: filled(1),
  pinSalt: new Uint8Array(16),
  stored: {
    current: { eid: '02'.repeat(16), secrets: { key: filled(fill), maskedShare: filled(fill), salt: filled(fill) } },
    pending: null,
    counter: fill,
    last: { slotId: '00'.repeat(16), state: 0 },
    attempt: null,
  },
  triesLeft: 5,
  isFrozen: false,
  protection: 'pin',
  purchases: [],
  cards: [],
})

async function hold(): Promise<HeldStorage> {
  const acquired = await createMemoryStorage().acquire()
  if (!acquired.ok) throw new Error('in use')
  return acquired.value
}

/** A medium whose power fails in the write after `writes` whole ones, with `bytes` of it done. */
function failing(storage: HeldStorage, limit: { writes: number; readonly bytes: number }): HeldStorage {
  const state: ByteFile = {
    read: (offset, size) => storage.state.read(offset, size),
    write: async (offset, bytes) => {
      if (limit.writes > 0) {
        limit.writes -= 1
        return await storage.state.write(offset, bytes)
      }
      await storage.state.write(offset, bytes.subarray(0, limit.bytes))
      throw new Error('power failed')
    },
  }
  return { ...storage, state }
}

describe('a wallet on its medium', () => {
  test('whatever write fails wherever, the state before or the one after is read', async () => {
    for (const writes of [0, 1]) {
      for (const bytes of [0, 8, 100, recordSize - 1]) {
        const storage = await hold()
        await createWalletStore(storage).save(content(1))
        const broken = createWalletStore(failing(storage, { writes, bytes }))
        await broken.load()
        await expect(broken.save(content(2))).rejects.toThrow('power failed')
        expect(await createWalletStore(storage).load()).toEqual({
          ok: true,
          value: { kind: 'open', content: content(writes === 0 ? 1 : 2) },
        })
      }
    }
  })

  test('a first write that fails leaves no wallet', async () => {
    const storage = await hold()
    await expect(createWalletStore(failing(storage, { writes: 0, bytes: 500 })).save(content(1))).rejects.toThrow()
    expect(await createWalletStore(storage).load()).toEqual({ ok: true, value: undefined })
  })

  test('after a save neither copy has the earlier secret', async () => {
    const storage = await hold()
    const store = createWalletStore(storage)
    for (const fill of [65, 66, 67]) await store.save(content(fill))
    const medium = Buffer.from(await storage.state.read(0, 2 * recordSize)).toString('latin1')
    const written = (fill: number): number => medium.split(Buffer.from(filled(fill)).toString('base64url')).length - 1
    expect([written(65), written(66), written(67)]).toEqual([0, 0, 6])
  })

  test('what a save that was cut off left of the earlier secret is overwritten at the next start', async () => {
    const storage = await hold()
    await createWalletStore(storage).save(content(65))
    const broken = createWalletStore(failing(storage, { writes: 1, bytes: 100 }))
    await broken.load()
    await expect(broken.save(content(66))).rejects.toThrow('power failed')
    await createWalletStore(storage).load()
    const medium = Buffer.from(await storage.state.read(0, 2 * recordSize)).toString('latin1')
    expect(medium).not.toContain(Buffer.from(filled(65)).toString('base64url'))
  })

  test('record halves are found by id, and only a place that nobody uses is written', async () => {
    const storage = await hold()
    const store = createWalletStore(storage)
    const half = (fill: number) => ({
      recordId: new Uint8Array(16).fill(fill),
      epochId: new Uint8Array(16).fill(99),
      half: new Uint8Array(1_056).fill(fill),
      commitment: filled(fill),
      fieldCommitments: Array.from({ length: 5 }, () => filled(fill)),
    })
    const idOf = (fill: number): string => fill.toString(16).padStart(2, '0').repeat(16)
    await store.saveRecordHalf(half(1), [])
    await store.saveRecordHalf(half(2), [idOf(1)])
    await store.saveRecordHalf(half(3), [idOf(2)]) // Takes the place of the first.
    expect(await store.findRecordHalf(idOf(1))).toBeUndefined()
    expect(await store.findRecordHalf(idOf(2))).toEqual(half(2))
    expect(await store.findRecordHalf(idOf(3))).toEqual(half(3))
  })
})

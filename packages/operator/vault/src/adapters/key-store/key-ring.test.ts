import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import type { GenerationStore } from '../../ports.ts'
import { createSealer } from '../sealer.ts'
import { createFileGenerations } from './file-generations.ts'
import { openKeyRing } from './key-ring.ts'

const folders: string[] = []
const makeFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'symbolon-keys-'))
  folders.push(folder)
  return folder
}
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

const options = { onMissing: () => undefined, isFirstStart: async () => true }
const place = { walletId: '01'.repeat(16), epochId: '02'.repeat(16), column: 'key' } as const
const secret = Uint8Array.from({ length: 32 }, (_, index) => index)
const broken = (store: GenerationStore): GenerationStore => ({ ...store, list: () => Promise.reject(new Error('gone')) })

describe('two key stores', () => {
  it('make the first generation in both, of mode 0600, and only at a first start', async () => {
    const [left, right] = [makeFolder(), makeFolder()]
    const stores = [left, right].map(createFileGenerations)
    await expect(openKeyRing(stores, { ...options, isFirstStart: async () => false })).rejects.toMatchObject({
      code: 'VAULT_KEYS_UNREADABLE',
    })
    expect(readdirSync(left)).toEqual([])
    const ring = await openKeyRing(stores, options)
    expect(ring.generation).toBe(1)
    expect(readFileSync(join(left, 'kek-1.key'))).toEqual(readFileSync(join(right, 'kek-1.key')))
    expect(statSync(join(right, 'kek-1.key')).mode & 0o777).toBe(0o600)
  })
  it('are each enough to read, and a generation is not added without one of them', async () => {
    const stores = [makeFolder(), makeFolder()].map(createFileGenerations)
    const [left, right] = stores
    if (left === undefined || right === undefined) throw new Error('two stores')
    const sealed = createSealer(await openKeyRing(stores, options)).seal(place, secret)
    const missing: number[] = []
    const ring = await openKeyRing([broken(left), right], { ...options, onMissing: (store) => missing.push(store) })
    expect(missing).toEqual([0])
    expect(createSealer(ring).open(place, sealed)).toEqual(secret)
    const alone = await openKeyRing([left, { ...right, write: () => Promise.reject(new Error('full')) }], options)
    await expect(alone.addGeneration()).rejects.toThrow('full')
    expect(alone.generation).toBe(1)
    // The half-written generation has sealed nothing; the next start completes it.
    const completed = await openKeyRing(stores, options)
    expect(completed.generation).toBe(2)
    expect(await right.list()).toEqual([1, 2])
    await expect(openKeyRing([broken(left), broken(right)], options)).rejects.toMatchObject({ code: 'VAULT_KEYS_UNREADABLE' })
  })
  it('a store that forgets what it was given is noticed before anything is sealed', async () => {
    const [left, right] = [makeFolder(), makeFolder()].map(createFileGenerations)
    if (left === undefined || right === undefined) throw new Error('two stores')
    const ring = await openKeyRing([left, right], options)
    const forgetful = await openKeyRing([left, { ...right, read: async () => new Uint8Array(32) }], options)
    await expect(forgetful.addGeneration()).rejects.toMatchObject({ code: 'VAULT_KEY_STORE_FORGETS' })
    expect([forgetful.generation, ring.generation]).toEqual([1, 1])
  })
})

describe('destroying a generation', () => {
  it('leaves nothing in memory and in no store, and it never comes back', async () => {
    const places = [makeFolder(), makeFolder()]
    const stores = places.map(createFileGenerations)
    const ring = await openKeyRing(stores, options)
    const sealer = createSealer(ring)
    const old = sealer.seal(place, secret)
    expect(sealer.isNewest(old)).toBe(true)
    expect(await ring.addGeneration()).toBe(2)
    expect(sealer.isNewest(old)).toBe(false)
    expect(sealer.open(place, old)).toEqual(secret)
    const kept = readFileSync(join(places[0] ?? '', 'kek-1.key'))
    await ring.destroyGeneration(1)
    for (const folder of places) expect(existsSync(join(folder, 'kek-1.key'))).toBe(false)
    expect(() => sealer.open(place, old)).toThrow(expect.objectContaining({ code: 'VAULT_KEY_GENERATION_MISSING' }))
    // A backup of one folder brings the file back: the next start destroys it again.
    writeFileSync(join(places[0] ?? '', 'kek-1.key'), kept)
    const again = await openKeyRing(stores, options)
    expect([...again.keyEncryptionKeys.keys()]).toEqual([2])
    expect(existsSync(join(places[0] ?? '', 'kek-1.key'))).toBe(false)
    expect(await again.addGeneration()).toBe(3)
  })
  it('overwrites the file in place before it removes it', async () => {
    const folder = makeFolder()
    const store = createFileGenerations(folder)
    await store.write(1, secret)
    const inode = statSync(join(folder, 'kek-1.key')).ino
    const handle = await import('node:fs/promises').then(({ open }) => open(join(folder, 'kek-1.key'), 'r'))
    await store.destroy(1)
    // The open handle still reads what the disk blocks hold now.
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(100), 0, 100, 0)
    expect((await handle.stat()).ino).toBe(inode)
    expect(bytesRead).toBe(44)
    expect(buffer.toString('latin1')).not.toContain(Buffer.from(secret).toString('base64url').slice(0, 10))
    await handle.close()
    await store.destroy(1)
  })
  it('refuses the newest, a key of another length, and writes no generation twice', async () => {
    const folder = makeFolder()
    const ring = await openKeyRing([createFileGenerations(folder)], options)
    await expect(ring.destroyGeneration(1)).rejects.toThrow('the newest generation is in use')
    const store = createFileGenerations(folder)
    await expect(store.write(1, secret)).rejects.toMatchObject({ code: 'EEXIST' })
    writeFileSync(join(folder, 'kek-7.key'), 'AAAA\n')
    await expect(store.read(7)).rejects.toMatchObject({ code: 'VAULT_KEY_FILE_INVALID' })
  })
})

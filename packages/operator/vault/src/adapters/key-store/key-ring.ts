import { createSecretKey, randomBytes, type KeyObject } from 'node:crypto'
import { assert, Fault } from '@symbolon/formats/result'
import type { GenerationStore, KeyRing } from '../../ports.ts'

const keySize = 32
const destroyedNote = 'destroyed.json'

/**
 * Unwraps every generation once, from whichever store has it. A generation that only one store has (a crash between two writes) is
 * written to the others before it is used; one whose destruction had begun is destroyed everywhere. `onMissing` hears of a store that
 * cannot be read: one is enough to start, none is lost with it, and no generation is added without it.
 */
export async function openKeyRing(
  stores: readonly GenerationStore[],
  options: { readonly onMissing: (store: number) => void; readonly isFirstStart: () => Promise<boolean> },
): Promise<KeyRing> {
  const opened = await Promise.all(stores.map((store, index) => openStore(store).catch(() => (options.onMissing(index), undefined))))
  const readable = opened.filter((one) => one !== undefined)
  if (readable.length === 0) throw new Fault('VAULT_KEYS_UNREADABLE', { retry: 'never' })
  const destroyed = new Set(readable.flatMap((one) => one.destroyed))
  await finishDestruction(readable, destroyed)
  const keys = new Map<number, KeyObject>()
  for (const generation of unionOf(readable)) if (!destroyed.has(generation)) keys.set(generation, await share(readable, generation))
  if (keys.size === 0) {
    // Lost keys are no first start: new ones would open nothing that is there.
    if (readable.length < stores.length || !(await options.isFirstStart())) throw new Fault('VAULT_KEYS_UNREADABLE', { retry: 'never' })
    keys.set(1, await addTo(stores, 1))
  }
  return createRing(stores, keys, destroyed)
}

function createRing(stores: readonly GenerationStore[], keys: Map<number, KeyObject>, destroyed: Set<number>): KeyRing {
  let generation = Math.max(...keys.keys())
  return {
    get generation() {
      return generation
    },
    keyEncryptionKeys: keys,
    protections: stores.map(({ protection }) => protection),
    async addGeneration() {
      const next = Math.max(generation, ...destroyed) + 1
      keys.set(next, await addTo(stores, next))
      generation = next
      return next
    },
    async destroyGeneration(old) {
      assert(old < generation, 'the newest generation is in use')
      destroyed.add(old)
      keys.delete(old)
      // Every store hears of it before any forgets the key: after a crash in between the key is destroyed, not copied back.
      for (const store of stores) await store.writeNote(destroyedNote, JSON.stringify([...destroyed]))
      for (const store of stores) await store.destroy(old)
    },
    list: () =>
      Promise.all(
        stores.map(async ({ protection, list }) => ({ protection, generations: await list().catch(() => 'unreadable' as const) })),
      ),
    destroyed: () => [...destroyed].toSorted((left, right) => left - right),
    readNote: (name) => readNotes(stores, name),
    async writeNote(name, text) {
      const written = await Promise.allSettled(stores.map((store) => store.writeNote(name, text)))
      if (written.every(({ status }) => status === 'rejected')) throw new Fault('VAULT_KEYS_UNREADABLE', { retry: 'later' })
    },
  }
}

type Opened = { readonly store: GenerationStore; readonly generations: readonly number[]; readonly destroyed: readonly number[] }

async function openStore(store: GenerationStore): Promise<Opened> {
  return { store, generations: await store.list(), destroyed: parseNumbers(await store.readNote(destroyedNote)) }
}

function unionOf(opened: readonly Opened[]): readonly number[] {
  return [...new Set(opened.flatMap(({ generations }) => generations))].toSorted((left, right) => left - right)
}

async function finishDestruction(opened: readonly Opened[], destroyed: ReadonlySet<number>): Promise<void> {
  for (const { store, generations } of opened) {
    for (const generation of generations) if (destroyed.has(generation)) await store.destroy(generation)
  }
}

async function share(opened: readonly Opened[], generation: number): Promise<KeyObject> {
  const [source] = opened.filter(({ generations }) => generations.includes(generation))
  assert(source !== undefined, 'a listed generation is in a store')
  const key = await source.store.read(generation)
  for (const { store, generations } of opened) if (!generations.includes(generation)) await store.write(generation, key)
  return toKeyObject(key)
}

async function addTo(stores: readonly GenerationStore[], generation: number): Promise<KeyObject> {
  const key = new Uint8Array(randomBytes(keySize))
  for (const store of stores) await store.write(generation, key)
  // Read back from each before anything is sealed with it.
  for (const store of stores) {
    const read = await store.read(generation)
    if (!Buffer.from(read).equals(key)) throw new Fault('VAULT_KEY_STORE_FORGETS', { retry: 'never' })
    read.fill(0)
  }
  return toKeyObject(key)
}

function toKeyObject(key: Uint8Array): KeyObject {
  const object = createSecretKey(key)
  key.fill(0)
  return object
}

async function readNotes(stores: readonly GenerationStore[], name: string): Promise<readonly string[]> {
  const notes = await Promise.all(stores.map((store) => store.readNote(name).catch(() => undefined)))
  return notes.filter((note) => note !== undefined)
}

function parseNumbers(text: string | undefined): readonly number[] {
  if (text === undefined) return []
  const value: unknown = JSON.parse(text)
  if (!Array.isArray(value) || !value.every((one): one is number => Number.isSafeInteger(one))) {
    throw new Fault('VAULT_KEY_NOTE_INVALID', { retry: 'never' })
  }
  return value
}

import { ConfigurationError } from '@symbolon/service/config'
import type { KeyRing, WalletStore } from '../ports.ts'

const markNote = 'mark.json'
const restoresNote = 'restores.json'
const maximumCounted = 100_000

/** What an operator has accepted: an older database under this name. A name is good once. */
export type Restore = { readonly name: string; readonly databaseMark: number; readonly noteMark: number }

/**
 * Refuses to go on with a database that is older than what the key stores remember, unless the operator names the restore (docs/custody.md
 * 14): wallets whose devices went on since then have to be bound again, and nobody shall learn that from customers.
 */
export async function refuseRestored(store: WalletStore, keys: KeyRing, accepted: string | undefined): Promise<Restore | undefined> {
  const databaseMark = await store.readMark()
  const noteMark = Math.max(0, ...(await keys.readNote(markNote)).map(Number))
  const restores = (await readRestores(keys)) ?? []
  if (databaseMark >= noteMark) return restores.at(-1)
  if (accepted === undefined || restores.some(({ name }) => name === accepted)) {
    throw new ConfigurationError(
      'the database is older than the keys remember: a backup was put back. Name it to go on, with a name that was not used before',
      '/acceptRestore',
    )
  }
  const restore = { name: accepted, databaseMark, noteMark }
  await keys.writeNote(restoresNote, JSON.stringify([...restores, restore]))
  await store.writeMark(noteMark)
  return restore
}

/** A store whose saves are noticed, and a tick that moves the mark on if there were any. */
export function watchSaves(store: WalletStore, keys: KeyRing): { readonly store: WalletStore; readonly tick: () => Promise<void> } {
  let hasSaved = true
  const noticed = <Value>(work: Promise<Value>): Promise<Value> => {
    hasSaved = true
    return work
  }
  return {
    store: { ...store, save: (change) => noticed(store.save(change)), create: (wallet) => noticed(store.create(wallet)) },
    async tick() {
      if (!hasSaved) return
      hasSaved = false
      await advanceMark(store, keys)
    },
  }
}

/** Moves the mark on: first in the database, then beside the keys, so that a crash in between looks like nothing. */
export async function advanceMark(store: WalletStore, keys: KeyRing): Promise<void> {
  const next = (await store.readMark()) + 1
  await store.writeMark(next)
  await keys.writeNote(markNote, String(next))
}

/** Wallets of which somebody named an epoch that this database does not know: after a restore, devices that have gone on. */
export type UnknownEpochs = { note(walletId: string): void; readonly count: number }

export function createUnknownEpochs(): UnknownEpochs {
  const wallets = new Set<string>()
  return {
    note: (walletId) => {
      if (wallets.size < maximumCounted) wallets.add(walletId)
    },
    get count() {
      return wallets.size
    },
  }
}

async function readRestores(keys: KeyRing): Promise<readonly Restore[] | undefined> {
  const [text] = await keys.readNote(restoresNote)
  if (text === undefined) return undefined
  const value: unknown = JSON.parse(text)
  return Array.isArray(value) && value.every(isRestore) ? value : undefined
}

function isRestore(value: unknown): value is Restore {
  return typeof value === 'object' && value !== null && 'name' in value && typeof value.name === 'string'
}

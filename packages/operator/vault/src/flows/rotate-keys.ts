import type { KeyRotation } from '@symbolon/contracts/planes'
import { Fault } from '@symbolon/formats/result'
import type { KeyRing, Place, SealedRow, VaultDependencies, WalletStore } from '../ports.ts'
import { resealRow } from './reseal-wallet.ts'

const pageSize = 200
const attempts = 5

export type RotationDependencies = {
  readonly vault: Pick<VaultDependencies, 'store' | 'sealer' | 'queue' | 'slots' | 'clock'>
  readonly keys: KeyRing
  readonly onFailure: (error: unknown) => void
}

/** The rotation of this process: one at a time, watched by whoever asks. */
export type Rotator = {
  status(): KeyRotation
  /** Begins a rotation, or goes on with one that a stop interrupted; answers the one that runs if there is one. */
  start(): KeyRotation
  /** Resolves when the rotation that runs has ended. */
  ended(): Promise<void>
}

export function createRotator(deps: RotationDependencies): Rotator {
  let rotation: KeyRotation = { state: 'none', to: 0, done: 0, total: 0, seconds: 0, destroyed: [] }
  let running: Promise<void> | undefined
  const startedAtMs = { value: 0 }
  const tell = (change: Partial<KeyRotation>): void => {
    const seconds = (deps.vault.clock.nowMs() - startedAtMs.value) / 1_000
    rotation = { ...rotation, ...change, seconds: Math.round(seconds * 10) / 10 }
  }
  return {
    status: () => rotation,
    start() {
      if (running !== undefined) return rotation
      startedAtMs.value = deps.vault.clock.nowMs()
      rotation = { state: 'resealing', to: deps.keys.generation, done: 0, total: 0, seconds: 0, destroyed: [] }
      running = rotate(deps, tell)
        .catch((error: unknown) => {
          tell({ state: 'failed' })
          deps.onFailure(error)
        })
        .finally(() => (running = undefined))
      return rotation
    },
    ended: async () => running,
  }
}

type Tell = (change: Partial<KeyRotation>) => void

/**
 * docs/custody.md 15: the next generation in every key store, every row under it while payments go on, then the older generations destroyed.
 * A generation is destroyed only after a look at every row found nothing that needs it.
 */
async function rotate({ vault, keys }: RotationDependencies, tell: Tell): Promise<void> {
  const isInterrupted = [...keys.keyEncryptionKeys.keys()].some((generation) => generation !== keys.generation)
  const to = isInterrupted ? keys.generation : await keys.addGeneration()
  // Whatever began before the switch may still save under the older generation; what begins now does not.
  await vault.queue.settled()
  const total = await vault.store.countStale(to)
  tell({ to, total })
  const witness = await takeWitness(vault, to)
  let done = 0
  for (let after = ''; ;) {
    const rows = await vault.store.listStale(to, after, pageSize)
    await Promise.all(rows.map((row) => resealOne(vault, row)))
    done += rows.length
    tell({ done: Math.min(done, total) })
    const last = rows.at(-1)
    if (last === undefined) break
    after = last.wallet.walletId
  }
  if ((await vault.store.countStale(to)) > 0) throw new Fault('VAULT_ROWS_STILL_STALE', { retry: 'later' })
  tell({ state: 'destroying', done: total })
  const old = [...keys.keyEncryptionKeys.keys()].filter((generation) => generation < to)
  // A record half that waits for its signature was read under an older seal: its message is void, and the device sends a new one.
  vault.slots.drop((walletId) => vault.slots.get(walletId).checked?.sealedRecord !== undefined)
  if (witness !== undefined) await keys.writeNote(witnessNote, JSON.stringify(witness))
  for (const generation of old) await keys.destroyGeneration(generation)
  tell({ state: 'finished', destroyed: old })
}

// In the wallet's own queue, so that no payment is between its reading and its saving. What was listed may be older than the queue's turn:
// then the store refuses it, and the row is read again.
async function resealOne({ store, sealer, queue }: RotationDependencies['vault'], listed: SealedRow): Promise<void> {
  const { walletId } = listed.wallet
  await queue(walletId, async () => {
    let before: SealedRow | undefined = listed
    for (let attempt = 1; before !== undefined; attempt += 1) {
      try {
        return await store.reseal({ walletId, before, after: resealRow(sealer, before) })
      } catch (error) {
        if (attempt >= attempts || !(error instanceof Fault) || error.code !== 'VAULT_WALLET_CHANGED') throw error
      }
      before = await readAgain(store, walletId)
    }
  })
}

async function readAgain(store: WalletStore, walletId: string): Promise<SealedRow | undefined> {
  const wallet = await store.find(walletId)
  return wallet === undefined ? undefined : { wallet, records: await store.listRecords(walletId) }
}

/** A sealed value as a backup from before the rotation has it; not a secret, and after the rotation not even one for who has every key. */
export type Witness = { readonly place: Place; readonly sealed: string }
export const witnessNote = 'witness.json'

async function takeWitness({ store }: RotationDependencies['vault'], to: number): Promise<Witness | undefined> {
  const rows = await store.listStale(to, '', 20)
  const row = rows.find(({ wallet }) => wallet.stored.closed === null)
  if (row === undefined) return undefined
  const { walletId, stored } = row.wallet
  const { eid, secrets } = stored.current
  return { place: { walletId, epochId: eid, column: 'key' }, sealed: Buffer.from(secrets.key).toString('base64url') }
}

import { isEqualBytes } from '@symbolon/formats/bytes'
import { Fault } from '@symbolon/formats/result'
import type { RefreshDemand } from '@symbolon/custody/operator'
import type { DemandScope, RecordHalf, Resealing, SealedRow, SignedAttempt, Wallet, WalletChange, WalletStore } from '../../ports.ts'

/** Wallets in memory, which outlive the store that is opened on them like a database outlives its clients. */
export type MemoryWallets = {
  lease: number
  readonly wallets: Map<string, Wallet>
  readonly signed: Map<string, readonly SignedAttempt[]>
  readonly records: Map<string, Uint8Array>
  mark?: number
}

export function createMemoryWallets(): MemoryWallets {
  return { lease: 0, wallets: new Map(), signed: new Map(), records: new Map() }
}

/** The same promises as the PostgreSQL store, without its durability; held to them by the same contract test. */
export function openMemoryWalletStore(memory: MemoryWallets): WalletStore {
  memory.lease += 1
  const lease = memory.lease
  const assertLease = (): void => {
    if (memory.lease !== lease) throw new Fault('VAULT_LEASE_LOST', { retry: 'later' })
  }
  const findSigned = (walletId: string, isWanted: (signed: SignedAttempt) => boolean): Promise<SignedAttempt | undefined> =>
    Promise.resolve(memory.signed.get(walletId)?.findLast(isWanted))
  return {
    find: async (walletId) => memory.wallets.get(walletId),
    recall: async (walletId) => memory.wallets.get(walletId),
    assertOwner: async () => assertLease(),
    create: async (wallet) => {
      assertLease()
      if (memory.wallets.has(wallet.walletId)) return false
      memory.wallets.set(wallet.walletId, wallet)
      return true
    },
    save: async (change) => {
      assertLease()
      saveInMemory(memory, change)
    },
    findSigned: (walletId, slotId) => findSigned(walletId, (signed) => signed.slotId === slotId),
    findPayment: (walletId, attemptId) => findSigned(walletId, (signed) => signed.attemptId === attemptId && signed.kind === 'pay'),
    findRecord: async (walletId, recordId) => memory.records.get(`${walletId}/${recordId}`),
    listRecords: async (walletId) => listRecords(memory, walletId),
    findByStopCode: async (stopCodeHash) => [...memory.wallets.values()].find((wallet) => wallet.stopCodeHash === stopCodeHash)?.walletId,
    demandRefresh: async (scope, demand) => {
      assertLease()
      return demandInMemory(memory, scope, demand)
    },
    listStale: async (generation, after, limit) =>
      listStaleInMemory(memory, generation)
        .filter(({ wallet }) => wallet.walletId > after)
        .slice(0, limit),
    countStale: async (generation) => listStaleInMemory(memory, generation).length,
    countByGeneration: async () => countInMemory(memory),
    reseal: async (change) => {
      assertLease()
      resealInMemory(memory, change)
    },
    readMark: async () => memory.mark ?? 0,
    writeMark: async (mark) => {
      assertLease()
      memory.mark = Math.max(memory.mark ?? 0, mark)
    },
  }
}

function saveInMemory(memory: MemoryWallets, { walletId, before, after, signed, record, movedRecords }: WalletChange): void {
  const wallet = memory.wallets.get(walletId)
  const now = wallet?.stored
  if (
    wallet === undefined ||
    now === undefined ||
    now.current.eid !== before.current.eid ||
    now.counter !== before.counter ||
    now.last.state !== before.last.state ||
    now.pending?.eid !== before.pending?.eid ||
    now.demand?.sinceMs !== before.demand?.sinceMs ||
    now.frozen !== null ||
    now.closed !== null
  ) {
    throw new Fault('VAULT_WALLET_CHANGED', { retry: 'never' })
  }
  const stopCodeHash = after.closed === null ? wallet.stopCodeHash : null
  memory.wallets.set(walletId, { ...wallet, stopCodeHash, stored: { ...after, current: withoutRerandomiser(after.current) } })
  if (signed !== undefined) memory.signed.set(walletId, [...(memory.signed.get(walletId) ?? []), signed])
  if (record !== undefined) memory.records.set(`${walletId}/${record.recordId}`, record.half)
  for (const { recordId, half } of movedRecords ?? []) memory.records.set(`${walletId}/${recordId}`, half)
  if (after.closed !== null) for (const { recordId } of listRecords(memory, walletId)) memory.records.delete(`${walletId}/${recordId}`)
}

function listRecords(memory: MemoryWallets, walletId: string): readonly RecordHalf[] {
  const prefix = `${walletId}/`
  return [...memory.records]
    .filter(([name]) => name.startsWith(prefix))
    .map(([name, half]) => ({ recordId: name.slice(prefix.length), half }))
}

function demandInMemory(memory: MemoryWallets, scope: DemandScope, demand: RefreshDemand): number {
  const marked = [...memory.wallets.values()].filter(
    ({ walletId, stored }) =>
      stored.frozen === null &&
      stored.closed === null &&
      (scope.kind === 'all' || Number.parseInt(walletId.slice(0, 2), 16) === scope.group),
  )
  for (const wallet of marked) memory.wallets.set(wallet.walletId, { ...wallet, stored: { ...wallet.stored, demand } })
  return marked.length
}

function listSealedValues({ wallet: { stored }, records }: SealedRow): readonly Uint8Array[] {
  const { current, pending, retired } = stored
  const epochs = [current, ...(pending === null ? [] : [pending])]
  return [
    ...epochs.flatMap(({ secrets }) => [secrets.share, secrets.key, ...(secrets.rerandomiser === null ? [] : [secrets.rerandomiser])]),
    ...retired.map(({ macKey }) => macKey),
    ...records.map(({ half }) => half),
  ].filter((value) => value.length > 0)
}

function listRows(memory: MemoryWallets): readonly SealedRow[] {
  return [...memory.wallets.values()]
    .toSorted((left, right) => (left.walletId < right.walletId ? -1 : 1))
    .map((wallet) => ({ wallet, records: listRecords(memory, wallet.walletId) }))
}

function listStaleInMemory(memory: MemoryWallets, generation: number): readonly SealedRow[] {
  return listRows(memory).filter((row) => listSealedValues(row).some((value) => readGeneration(value) !== generation))
}

function countInMemory(memory: MemoryWallets): ReadonlyMap<number, number> {
  const counts = new Map<number, number>()
  for (const value of listRows(memory).flatMap(listSealedValues)) {
    const generation = readGeneration(value)
    counts.set(generation, (counts.get(generation) ?? 0) + 1)
  }
  return counts
}

function resealInMemory(memory: MemoryWallets, { walletId, before, after }: Resealing): void {
  const wallet = memory.wallets.get(walletId)
  const was = before.wallet.stored
  if (
    wallet === undefined ||
    wallet.stored.current.eid !== was.current.eid ||
    !isEqualBytes(wallet.stored.current.secrets.share, was.current.secrets.share) ||
    wallet.stored.pending?.eid !== was.pending?.eid ||
    wallet.stored.retired.length !== was.retired.length
  ) {
    throw new Fault('VAULT_WALLET_CHANGED', { retry: 'never' })
  }
  const { current, pending, retired } = after.wallet.stored
  memory.wallets.set(walletId, { ...wallet, stored: { ...wallet.stored, current, pending, retired } })
  for (const { recordId, half } of after.records) memory.records.set(`${walletId}/${recordId}`, half)
}

function readGeneration(sealed: Uint8Array): number {
  return new DataView(sealed.buffer, sealed.byteOffset, 4).getUint32(0)
}

// What re-randomises record halves serves one promotion; no column keeps it for a current epoch.
function withoutRerandomiser(current: Wallet['stored']['current']): Wallet['stored']['current'] {
  return { ...current, secrets: { ...current.secrets, rerandomiser: null } }
}

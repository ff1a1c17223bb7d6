import { deepStrictEqual as equal, rejects } from 'node:assert/strict'
import { createVaultState, type VaultStored } from '@symbolon/custody/operator'
import type { SealedEpoch, SignedAttempt, Wallet, WalletStore } from '../../ports.ts'

/** Opens a store on the same wallets as before, as a process that starts would. */
export type OpenStore = () => Promise<WalletStore>

/** What every wallet store promises, as cases for any test runner. Each case gets wallets of its own. */
export const walletStoreContract: readonly { readonly name: string; readonly check: (open: OpenStore) => Promise<void> }[] = [
  { name: 'answers nothing for what is not there', check: findsNothing },
  { name: 'gives back a created wallet, and creates it once', check: createsOnce },
  { name: 'gives back every saved state exactly', check: savesExactly },
  { name: 'refuses a save on any other state than the one that was read', check: refusesStale },
  { name: 'keeps what was signed and the record half in the same save', check: keepsSigned },
  { name: 'lets nothing of a refused save stay', check: refusesWhole },
  { name: 'fences off an earlier owner', check: fences },
  { name: 'replaces a record half when its binding is signed again', check: replacesRecord },
  { name: 'answers the latest payment of an attempt, and no other kind', check: findsLatestPayment },
  { name: 'moves every record half in the save that promotes, and none in one that fails', check: movesRecords },
  { name: 'finds a wallet by its stop code', check: findsByStopCode },
  { name: 'marks the wallets of a group, and fails a save that did not know', check: demandsRefresh },
  { name: 'lists what another generation sealed, and reseals it whatever the state is', check: reseals },
  { name: 'keeps a mark that only grows', check: marks },
  { name: 'destroys what a closed wallet had, and changes it no more', check: closes },
]

let created = 0
const bytes = (size: number, byte: number): Uint8Array => new Uint8Array(size).fill(byte)
const id = (byte: number): string => byte.toString(16).padStart(2, '0').repeat(16)
const epoch = (byte: number): { readonly eid: string; readonly secrets: SealedEpoch } => ({
  eid: id(byte),
  secrets: { share: bytes(64, byte), key: bytes(65, byte), rerandomiser: null },
})
const bound = { state: 'bound', slotId: id(0x31), hash: id(0x32).repeat(2), attemptId: id(0x33) } as const

function makeWallet(): Wallet {
  created += 1
  return {
    walletId: created.toString(16).padStart(32, '0'),
    walletKey: bytes(32, 1),
    deviceKey: { kind: 0, publicKey: bytes(91, 2) },
    acceptHash: id(3).repeat(2),
    stopCodeHash: created.toString(16).padStart(64, 'e'),
    stored: createVaultState(epoch(4)).stored,
  }
}

function makeSigned(change: Partial<SignedAttempt> = {}): SignedAttempt {
  return {
    attemptId: id(0x33),
    slotId: id(0x31),
    kind: 'pay',
    message: bytes(187, 6),
    signature: bytes(64, 7),
    deviceKeyKind: 0,
    deviceSignature: bytes(64, 8),
    ...change,
  }
}

async function withWallet(open: OpenStore): Promise<{ readonly store: WalletStore; readonly wallet: Wallet; readonly walletId: string }> {
  const store = await open()
  const wallet = makeWallet()
  equal(await store.create(wallet), true)
  return { store, wallet, walletId: wallet.walletId }
}

async function findsNothing(open: OpenStore): Promise<void> {
  const store = await open()
  const { walletId } = makeWallet()
  equal(await store.find(walletId), undefined)
  equal(await store.findSigned(walletId, id(1)), undefined)
  equal(await store.findPayment(walletId, id(1)), undefined)
  equal(await store.findRecord(walletId, id(1)), undefined)
}

async function createsOnce(open: OpenStore): Promise<void> {
  const { store, wallet, walletId } = await withWallet(open)
  equal(await store.create({ ...wallet, walletKey: bytes(32, 9) }), false)
  equal(await store.find(walletId), wallet)
}

async function savesExactly(open: OpenStore): Promise<void> {
  const { store, wallet, walletId } = await withWallet(open)
  const pending = { ...epoch(5), secrets: { ...epoch(5).secrets, rerandomiser: bytes(64, 5) }, sinceMs: 1_800_000_000_123 }
  const retired = Array.from({ length: 8 }, (_, index) => ({ eid: id(0x40 + index), macKey: bytes(64, index) }))
  const demand = { sinceMs: 1_800_000_000_456, deadlineMs: 1_800_000_100_456 }
  const states: VaultStored<SealedEpoch>[] = [
    { ...wallet.stored, tries: 4, counter: 1, last: bound },
    { ...wallet.stored, tries: 5, counter: 1, last: { ...bound, state: 'done', done: bytes(180, 9) }, pending },
    { ...wallet.stored, counter: 1, last: { ...bound, state: 'wrong', done: bytes(100, 9) }, current: epoch(5), retired },
    { ...wallet.stored, counter: 1, last: { ...bound, state: 'void' }, current: epoch(5), retired, demand },
    { ...wallet.stored, counter: 1, last: { ...bound, state: 'void' }, current: epoch(5), retired, demand, frozen: 'stayed-away' },
  ]
  let before = wallet.stored
  for (const after of states) {
    await store.save({ walletId, before, after })
    equal((await store.find(walletId))?.stored, after)
    equal((await store.recall(walletId))?.stored, after)
    before = after
  }
  await store.assertOwner()
  equal((await (await open()).recall(walletId))?.stored, before)
  await rejects(store.assertOwner(), { code: 'VAULT_LEASE_LOST' })
}

async function refusesStale(open: OpenStore): Promise<void> {
  const { store, wallet, walletId } = await withWallet(open)
  const after = { ...wallet.stored, counter: 1, last: bound }
  const wrong: Partial<VaultStored<SealedEpoch>>[] = [
    { current: epoch(9) },
    { counter: 7 },
    { last: { ...bound, state: 'void' } },
    { pending: { ...epoch(9), sinceMs: 0 } },
    { demand: { sinceMs: 1, deadlineMs: 2 } },
  ]
  for (const change of wrong) {
    await rejects(store.save({ walletId, before: { ...wallet.stored, ...change }, after }), { code: 'VAULT_WALLET_CHANGED' })
  }
  equal((await store.find(walletId))?.stored, wallet.stored)
  const frozen = { ...wallet.stored, frozen: 'alarm' as const }
  await store.save({ walletId, before: wallet.stored, after: frozen })
  await rejects(store.save({ walletId, before: wallet.stored, after }), { code: 'VAULT_WALLET_CHANGED' })
}

async function keepsSigned(open: OpenStore): Promise<void> {
  const { store, wallet, walletId } = await withWallet(open)
  const signed = makeSigned({ kind: 'bind' })
  const record = { recordId: signed.attemptId, half: bytes(1_088, 7) }
  await store.save({ walletId, before: wallet.stored, after: { ...wallet.stored, counter: 1 }, signed, record })
  equal(await store.findSigned(walletId, signed.slotId), signed)
  equal(await store.findRecord(walletId, signed.attemptId), record.half)
  equal(await store.findRecord(id(0x77), signed.attemptId), undefined)
}

async function refusesWhole(open: OpenStore): Promise<void> {
  const { store, wallet, walletId } = await withWallet(open)
  const signed = makeSigned()
  const record = { recordId: signed.attemptId, half: bytes(1_088, 7) }
  const before = { ...wallet.stored, counter: 3 }
  await rejects(store.save({ walletId, before, after: wallet.stored, signed, record }), { code: 'VAULT_WALLET_CHANGED' })
  equal(await store.findSigned(walletId, signed.slotId), undefined)
  equal(await store.findRecord(walletId, signed.attemptId), undefined)
}

async function fences(open: OpenStore): Promise<void> {
  const { store, wallet, walletId } = await withWallet(open)
  const second = await open()
  const after = { ...wallet.stored, counter: 1, last: bound }
  await rejects(store.save({ walletId, before: wallet.stored, after, signed: makeSigned() }), { code: 'VAULT_LEASE_LOST' })
  await rejects(store.create(makeWallet()), { code: 'VAULT_LEASE_LOST' })
  equal((await second.find(walletId))?.stored, wallet.stored)
  equal(await second.findSigned(walletId, id(0x31)), undefined)
  await second.save({ walletId, before: wallet.stored, after })
  equal((await second.find(walletId))?.stored, after)
}

async function replacesRecord(open: OpenStore): Promise<void> {
  const { store, wallet, walletId } = await withWallet(open)
  const save = (slotId: string, half: Uint8Array): Promise<void> => {
    const signed = makeSigned({ kind: 'bind', slotId })
    return store.save({ walletId, before: wallet.stored, after: wallet.stored, signed, record: { recordId: signed.attemptId, half } })
  }
  await save(id(0x51), bytes(1_088, 1))
  await save(id(0x52), bytes(1_088, 2))
  equal(await store.findRecord(walletId, id(0x33)), bytes(1_088, 2))
}

async function findsLatestPayment(open: OpenStore): Promise<void> {
  const { store, wallet, walletId } = await withWallet(open)
  const save = (signed: SignedAttempt): Promise<void> => store.save({ walletId, before: wallet.stored, after: wallet.stored, signed })
  await save(makeSigned({ kind: 'record' }))
  equal(await store.findPayment(walletId, id(0x33)), undefined)
  await save(makeSigned({ slotId: id(0x52) }))
  await save(makeSigned({ slotId: id(0x53), message: bytes(187, 9) }))
  equal((await store.findPayment(walletId, id(0x33)))?.slotId, id(0x53))
}

async function withRecords(open: OpenStore) {
  const { store, wallet, walletId } = await withWallet(open)
  for (const byte of [0x51, 0x52]) {
    const signed = makeSigned({ kind: 'bind', slotId: id(byte), attemptId: id(byte) })
    const record = { recordId: id(byte), half: bytes(1_088, byte) }
    await store.save({ walletId, before: wallet.stored, after: wallet.stored, signed, record })
  }
  return { store, wallet, walletId }
}

async function movesRecords(open: OpenStore): Promise<void> {
  const { store, wallet, walletId } = await withRecords(open)
  const other = makeWallet()
  await store.create(other)
  const listed = async () => (await store.listRecords(walletId)).toSorted((left, right) => (left.recordId < right.recordId ? -1 : 1))
  const halves = await listed()
  equal(
    halves,
    [0x51, 0x52].map((byte) => ({ recordId: id(byte), half: bytes(1_088, byte) })),
  )
  equal(await store.listRecords(other.walletId), [])
  const movedRecords = halves.map(({ recordId }, index) => ({ recordId, half: bytes(1_088, index + 1) }))
  const before = { ...wallet.stored, counter: 9 }
  await rejects(store.save({ walletId, before, after: before, movedRecords }), { code: 'VAULT_WALLET_CHANGED' })
  equal(await listed(), halves)
  await store.save({ walletId, before: wallet.stored, after: { ...wallet.stored, current: epoch(9) }, movedRecords })
  equal(await listed(), movedRecords)
}

async function findsByStopCode(open: OpenStore): Promise<void> {
  const { store, wallet, walletId } = await withWallet(open)
  equal(await store.findByStopCode(wallet.stopCodeHash ?? ''), walletId)
  equal(await store.findByStopCode('f'.repeat(64)), undefined)
}

async function demandsRefresh(open: OpenStore): Promise<void> {
  const { store, wallet, walletId } = await withWallet(open)
  const [frozen, elsewhere] = [makeWallet(), { ...makeWallet(), walletId: `a7${makeWallet().walletId.slice(2)}` }]
  for (const each of [frozen, elsewhere]) await store.create(each)
  const stopped = { ...frozen.stored, frozen: 'stop-code' as const }
  await store.save({ walletId: frozen.walletId, before: frozen.stored, after: stopped })
  const demand = { sinceMs: 1_800_000_000_000, deadlineMs: 1_800_000_060_000 }
  equal((await store.demandRefresh({ kind: 'group', group: 0 }, demand)) > 0, true)
  const after = { ...wallet.stored, counter: 1, last: bound }
  await rejects(store.save({ walletId, before: wallet.stored, after }), { code: 'VAULT_WALLET_CHANGED' })
  equal((await store.find(walletId))?.stored, { ...wallet.stored, demand })
  equal((await store.find(frozen.walletId))?.stored, stopped)
  equal((await store.find(elsewhere.walletId))?.stored, elsewhere.stored)
  await store.save({ walletId, before: { ...wallet.stored, demand }, after })
  equal((await store.demandRefresh({ kind: 'all' }, demand)) > 1, true)
  equal((await store.find(elsewhere.walletId))?.stored.demand, demand)
}

async function closes(open: OpenStore): Promise<void> {
  const { store, wallet, walletId } = await withRecords(open)
  const nothing: SealedEpoch = { share: bytes(0, 0), key: bytes(0, 0), rerandomiser: null }
  const closed = { ...wallet.stored, current: { ...wallet.stored.current, secrets: nothing }, tries: 0, closed: bytes(120, 5) }
  const signed = makeSigned({ kind: 'close', slotId: id(0x61) })
  await store.save({ walletId, before: wallet.stored, after: closed, signed })
  equal(await store.find(walletId), { ...wallet, stopCodeHash: null, stored: closed })
  equal(await store.listRecords(walletId), [])
  equal(await store.findByStopCode(wallet.stopCodeHash ?? ''), undefined)
  equal(await store.findSigned(walletId, id(0x61)), signed)
  await rejects(store.save({ walletId, before: closed, after: wallet.stored }), { code: 'VAULT_WALLET_CHANGED' })
}

async function reseals(open: OpenStore): Promise<void> {
  const store = await open()
  const sealed = (generation: number, byte: number): Uint8Array =>
    Uint8Array.of(0, 0, generation >> 8, generation & 255, ...bytes(60, byte))
  const make = (generation: number) => {
    const current = { eid: id(4), secrets: { share: sealed(generation, 1), key: sealed(generation, 2), rerandomiser: null } }
    const retired = [{ eid: id(5), macKey: sealed(generation, 3) }]
    const pending = {
      eid: id(6),
      secrets: { share: sealed(generation, 4), key: sealed(generation, 5), rerandomiser: sealed(generation, 6) },
      sinceMs: 7,
    }
    return { current, retired, pending }
  }
  const [wallet, newest] = [makeWallet(), makeWallet()]
  const before = { ...wallet.stored, ...make(300) }
  await store.create({ ...wallet, stored: wallet.stored })
  await store.create({ ...newest, stored: { ...newest.stored, current: make(301).current } })
  await store.save({ walletId: wallet.walletId, before: wallet.stored, after: before })
  const recordId = id(0x71)
  const signed = makeSigned({ kind: 'bind', slotId: id(0x72), attemptId: recordId })
  await store.save({ walletId: wallet.walletId, before, after: before, signed, record: { recordId, half: sealed(300, 7) } })
  const frozen = { ...before, frozen: 'alarm' as const }
  await store.save({ walletId: wallet.walletId, before, after: frozen })
  const mine = async (generation: number) => {
    const rows = await store.listStale(generation, '', 10_000)
    equal(rows.length, await store.countStale(generation))
    return rows.filter((row) => row.wallet.walletId === wallet.walletId)
  }
  const [row] = await mine(301)
  equal(row, { wallet: { ...wallet, stored: frozen }, records: [{ recordId, half: sealed(300, 7) }] })
  equal((await store.countByGeneration()).get(300), 7)
  if (row === undefined) throw new Error('the row is listed')
  equal(await store.listStale(301, 'f'.repeat(32), 10), [])
  const resealed = { wallet: { ...wallet, stored: { ...frozen, ...make(301) } }, records: [{ recordId, half: sealed(301, 7) }] }
  await store.reseal({ walletId: wallet.walletId, before: row, after: resealed })
  equal((await store.find(wallet.walletId))?.stored, resealed.wallet.stored)
  equal((await store.recall(wallet.walletId))?.stored, resealed.wallet.stored)
  equal(await store.findRecord(wallet.walletId, recordId), sealed(301, 7))
  equal(await mine(301), [])
  equal((await store.countByGeneration()).get(300), undefined)
  await rejects(store.reseal({ walletId: wallet.walletId, before: row, after: resealed }), { code: 'VAULT_WALLET_CHANGED' })
  await open()
  await rejects(store.reseal({ walletId: wallet.walletId, before: resealed, after: row }), { code: 'VAULT_LEASE_LOST' })
}

async function marks(open: OpenStore): Promise<void> {
  const store = await open()
  const first = await store.readMark()
  await store.writeMark(first + 5)
  equal(await store.readMark(), first + 5)
  await store.writeMark(first)
  equal(await store.readMark(), first + 5)
  equal(await (await open()).readMark(), first + 5)
  await rejects(store.writeMark(first + 9), { code: 'VAULT_LEASE_LOST' })
}

import type { Database } from '@symbolon/service/database'
import { lastStateCodes, type MessageKind, type RefreshDemand } from '@symbolon/custody/operator'
import { bytesToHex, hexToBytes } from '@symbolon/formats/bytes'
import { assert, Fault } from '@symbolon/formats/result'
import { createCachedWalletStore } from './cached-wallet-store.ts'
import { createGroupCommit } from './group-commit.ts'
import { createLeaseCheck, lockLease, takeLease } from './lease.ts'
import { saveWallets, type RowChange } from './save-wallets.ts'
import * as stale from './stale-wallets.ts'
import type { DemandScope, RecordHalf, Resealing, SignedAttempt, Wallet, WalletChange, WalletStore } from '../../ports.ts'
import { changingColumns, changingValues, parseWalletRow, type WalletRow } from './wallet-row.ts'

/**
 * Takes the lease and answers the store. Every write locks the lease row for the length of its one statement, so that a later owner
 * waits for it and an earlier owner finds its number gone; `onLeaseLost` is called once a write was refused for that reason.
 */
export async function openPostgresWalletStore(
  database: Database,
  onLeaseLost: () => void,
  { cachedWallets }: { readonly cachedWallets: number } = { cachedWallets: 1_000 },
): Promise<WalletStore> {
  await assertDurable(database)
  const lease = await takeLease(database)
  return createCachedWalletStore(createStore({ database, lease, onLeaseLost }), cachedWallets)
}

type Owner = { readonly database: Database; readonly lease: bigint; readonly onLeaseLost: () => void }

function createStore(owner: Owner): WalletStore {
  const { database, lease } = owner
  const saveRow = createGroupCommit<RowChange>(async (changes) => {
    const saved = await saveWallets(database, lease, changes)
    if (saved === undefined) throw loseLease(owner)
    return saved
  })
  const reseal = createGroupCommit<Resealing>(async (changes) => {
    const saved = await stale.resealWallets(database, lease, changes)
    if (saved === undefined) throw loseLease(owner)
    return saved
  })
  const isOwner = createLeaseCheck(database, lease)
  const find = (walletId: string): Promise<Wallet | undefined> => findWallet(database, walletId)
  return {
    find,
    recall: find,
    assertOwner: async () => {
      if (!(await isOwner())) throw loseLease(owner)
    },
    create: (wallet) => createWallet(owner, wallet),
    save: (change) => (isRowChange(change) ? saveRow(change) : saveWallet(owner, change)),
    findSigned: (walletId, slotId) => findSigned(database, 'slot_id = $2', [hexToBytes(walletId), hexToBytes(slotId)]),
    findPayment: (walletId, attemptId) =>
      findSigned(database, `attempt_id = $2 AND kind = 'pay'`, [hexToBytes(walletId), hexToBytes(attemptId)]),
    findRecord: async (walletId, recordId) => {
      const values = [hexToBytes(walletId), hexToBytes(recordId)]
      const sql = 'SELECT half_sealed FROM vault.records WHERE wallet_id = $1 AND record_id = $2'
      const found = await database.query<{ half_sealed: Buffer }>(sql, values)
      return found.rows[0] === undefined ? undefined : new Uint8Array(found.rows[0].half_sealed)
    },
    listRecords: (walletId) => listRecords(database, walletId),
    findByStopCode: async (stopCodeHash) => {
      const found = await database.query<{ wallet_id: Buffer }>('SELECT wallet_id FROM vault.wallets WHERE stop_code_hash = $1', [
        hexToBytes(stopCodeHash),
      ])
      return found.rows[0] === undefined ? undefined : bytesToHex(found.rows[0].wallet_id)
    },
    demandRefresh: (scope, demand) => demandRefresh(owner, scope, demand),
    listStale: (generation, after, limit) => stale.listStale(database, { generation, after, limit }),
    countStale: (generation) => stale.countStale(database, generation),
    countByGeneration: () => stale.countByGeneration(database),
    reseal,
    readMark: () => stale.readMark(database),
    writeMark: async (mark) => {
      if (!(await stale.writeMark(database, lease, mark))) throw loseLease(owner)
    },
  }
}

// A commit that is acknowledged before it is on disk would break TX1 and TX2 without a sign.
async function assertDurable(database: Database): Promise<void> {
  const { rows } = await database.query<{ synchronous_commit: string }>('SHOW synchronous_commit')
  if (rows[0]?.synchronous_commit === 'off') throw new Fault('VAULT_DATABASE_NOT_DURABLE', { retry: 'never' })
}

async function findWallet(database: Database, walletId: string): Promise<Wallet | undefined> {
  const sql = 'SELECT * FROM vault.wallets WHERE wallet_id = $1'
  const { rows } = await database.query<WalletRow>(sql, [hexToBytes(walletId)], 'vault-find-wallet')
  return rows[0] === undefined ? undefined : parseWalletRow(rows[0])
}

function isRowChange({ after, record, movedRecords = [] }: WalletChange): boolean {
  return record === undefined && movedRecords.length === 0 && after.closed === null
}

const identityColumns = ['wallet_id', 'joint_public_key', 'device_key_kind', 'device_key', 'accept_hash', 'stop_code_hash'] as const

async function createWallet(owner: Owner, wallet: Wallet): Promise<boolean> {
  const columns = [...identityColumns, ...changingColumns]
  const { rows } = await owner.database.query<{ leased: boolean; created: boolean }>(
    `WITH ${lockLease},
     created AS (INSERT INTO vault.wallets (${columns.join(', ')})
       SELECT ${columns.map((column, index) => `$${index + 2}${castByColumn[column] ?? '::bytea'}`).join(', ')} FROM ours ON CONFLICT DO NOTHING RETURNING wallet_id)
     SELECT EXISTS (SELECT 1 FROM ours) AS leased, EXISTS (SELECT 1 FROM created) AS created`,
    [
      owner.lease,
      hexToBytes(wallet.walletId),
      wallet.walletKey,
      wallet.deviceKey.kind,
      wallet.deviceKey.publicKey,
      hexToBytes(wallet.acceptHash),
      wallet.stopCodeHash === null ? null : hexToBytes(wallet.stopCodeHash),
      ...changingValues(wallet.stored),
    ],
  )
  if (rows[0]?.leased !== true) throw loseLease(owner)
  return rows[0].created
}

// The types of parameters in a SELECT list are not inferred from the columns they go into; what is not listed is bytea.
const castByColumn: Readonly<Record<string, string>> = {
  device_key_kind: '::smallint',
  tries: '::smallint',
  last_state: '::smallint',
  counter: '::bigint',
  pending_since_ms: '::bigint',
  retired_sealed: '::bytea[]',
  frozen: '::boolean',
  frozen_reason: '::text',
  demand_since_ms: '::bigint',
  demand_deadline_ms: '::bigint',
}

const firstChanging = 8
const savedWith = (
  more: string,
): string => `saved AS (UPDATE vault.wallets SET ${changingColumns.map((column, index) => `${column} = $${firstChanging + index}`).join(', ')}${more}
  FROM ours WHERE wallet_id = $2 AND epoch_id = $3 AND counter = $4 AND last_state = $5
    AND pending_epoch_id IS NOT DISTINCT FROM $6 AND demand_since_ms IS NOT DISTINCT FROM $7 AND NOT frozen AND closing_statement IS NULL
  RETURNING wallet_id)`
const saved = savedWith('')
const savedAsClosed = savedWith(', stop_code_hash = NULL')
const firstExtra = firstChanging + changingColumns.length
const sent = `sent AS (INSERT INTO vault.signed_messages
    (wallet_id, attempt_id, slot_id, kind, message, signature, device_key_kind, device_signature)
  SELECT wallet_id, $${firstExtra}::bytea, $${firstExtra + 1}::bytea, $${firstExtra + 2}::text, $${firstExtra + 3}::bytea,
    $${firstExtra + 4}::bytea, $${firstExtra + 5}::smallint, $${firstExtra + 6}::bytea FROM saved)`
// A binding whose answer was lost is signed again under the same id: the half that the device hears of last is the one that counts.
const kept = `kept AS (INSERT INTO vault.records (wallet_id, record_id, half_sealed)
  SELECT wallet_id, $${firstExtra + 7}::bytea, $${firstExtra + 8}::bytea FROM saved
  ON CONFLICT (wallet_id, record_id) DO UPDATE SET half_sealed = EXCLUDED.half_sealed)`

// Parameters behind those that every save has; only one of the two kinds of change to records happens in one save.
const moved = `moved AS (UPDATE vault.records SET half_sealed = new.half
  FROM saved, unnest($${firstExtra}::bytea[], $${firstExtra + 1}::bytea[]) AS new(id, half)
  WHERE records.wallet_id = saved.wallet_id AND records.record_id = new.id)`
const destroyed = `destroyed AS (DELETE FROM vault.records USING saved WHERE records.wallet_id = saved.wallet_id)`

async function saveWallet(owner: Owner, { walletId, before, after, signed, record, movedRecords = [] }: WalletChange): Promise<void> {
  assert(record === undefined || signed !== undefined, 'a record half is born with a signature')
  assert(movedRecords.length === 0 || signed === undefined, 'halves move with a promotion, never with a signature')
  const parts = [
    lockLease,
    after.closed === null ? saved : savedAsClosed,
    ...(signed === undefined ? [] : [sent]),
    ...(record === undefined ? [] : [kept]),
    ...(movedRecords.length === 0 ? [] : [moved]),
    ...(after.closed === null ? [] : [destroyed]),
  ]
  const { rows } = await owner.database.query<{ leased: boolean; saved: boolean }>(
    `WITH ${parts.join(', ')} SELECT EXISTS (SELECT 1 FROM ours) AS leased, EXISTS (SELECT 1 FROM saved) AS saved`,
    [
      owner.lease,
      hexToBytes(walletId),
      hexToBytes(before.current.eid),
      before.counter,
      lastStateCodes[before.last.state],
      before.pending === null ? null : hexToBytes(before.pending.eid),
      before.demand?.sinceMs ?? null,
      ...changingValues(after),
      ...(signed === undefined ? [] : signedValues(signed)),
      ...(record === undefined ? [] : [hexToBytes(record.recordId), record.half]),
      ...(movedRecords.length === 0 ? [] : movedValues(movedRecords)),
    ],
  )
  if (rows[0]?.leased !== true) throw loseLease(owner)
  if (!rows[0].saved) throw new Fault('VAULT_WALLET_CHANGED', { retry: 'never' })
}

function movedValues(records: readonly RecordHalf[]): readonly unknown[] {
  return [records.map(({ recordId }) => Buffer.from(hexToBytes(recordId))), records.map(({ half }) => Buffer.from(half))]
}

function signedValues(signed: SignedAttempt): readonly unknown[] {
  return [
    hexToBytes(signed.attemptId),
    hexToBytes(signed.slotId),
    signed.kind,
    signed.message,
    signed.signature,
    signed.deviceKeyKind,
    signed.deviceSignature,
  ]
}

function loseLease(owner: Owner): Fault {
  owner.onLeaseLost()
  return new Fault('VAULT_LEASE_LOST', { retry: 'later' })
}

async function listRecords(database: Database, walletId: string): Promise<readonly RecordHalf[]> {
  const sql = 'SELECT record_id, half_sealed FROM vault.records WHERE wallet_id = $1 ORDER BY record_id'
  const { rows } = await database.query<{ record_id: Buffer; half_sealed: Buffer }>(sql, [hexToBytes(walletId)])
  return rows.map((row) => ({ recordId: bytesToHex(row.record_id), half: new Uint8Array(row.half_sealed) }))
}

const groups = 256

// One statement a group, so that no transaction holds the rows of everybody; ids are uniform, so the groups are of one size.
async function demandRefresh(owner: Owner, scope: DemandScope, demand: RefreshDemand): Promise<number> {
  const wanted = scope.kind === 'group' ? [scope.group] : Array.from({ length: groups }, (_, group) => group)
  let count = 0
  for (const group of wanted) {
    const [first, last] = [0x00, 0xff].map((fill) => Buffer.alloc(16, fill).fill(group, 0, 1))
    const { rows } = await owner.database.query<{ leased: boolean; count: bigint }>(
      `WITH ${lockLease}, marked AS (UPDATE vault.wallets SET demand_since_ms = $4, demand_deadline_ms = $5 FROM ours
         WHERE wallet_id BETWEEN $2 AND $3 AND NOT frozen AND closing_statement IS NULL RETURNING wallet_id)
       SELECT EXISTS (SELECT 1 FROM ours) AS leased, (SELECT count(*) FROM marked) AS count`,
      [owner.lease, first, last, demand.sinceMs, demand.deadlineMs],
    )
    if (rows[0]?.leased !== true) throw loseLease(owner)
    count += Number(rows[0].count)
  }
  return count
}

type SignedRow = {
  readonly attempt_id: Buffer
  readonly slot_id: Buffer
  readonly kind: MessageKind
  readonly message: Buffer
  readonly signature: Buffer
  readonly device_key_kind: number
  readonly device_signature: Buffer
}

async function findSigned(database: Database, condition: string, values: readonly unknown[]): Promise<SignedAttempt | undefined> {
  const sql = `SELECT * FROM vault.signed_messages WHERE wallet_id = $1 AND ${condition} ORDER BY created_at DESC LIMIT 1`
  const row = (await database.query<SignedRow>(sql, values)).rows[0]
  return row === undefined
    ? undefined
    : {
        attemptId: bytesToHex(row.attempt_id),
        slotId: bytesToHex(row.slot_id),
        kind: row.kind,
        message: new Uint8Array(row.message),
        signature: new Uint8Array(row.signature),
        deviceKeyKind: row.device_key_kind,
        deviceSignature: new Uint8Array(row.device_signature),
      }
}

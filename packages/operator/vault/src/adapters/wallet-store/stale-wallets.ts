import type { Database } from '@symbolon/service/database'
import type { HexId } from '@symbolon/custody/operator'
import { bytesToHex, hexToBytes } from '@symbolon/formats/bytes'
import type { RecordHalf, Resealing, SealedRow } from '../../ports.ts'
import { lockLease } from './lease.ts'
import { changingColumns, describeSeals, hexOf, parseWalletRow, type WalletRow } from './wallet-row.ts'

// A sealed value begins with its generation; an entry of `retired_sealed` has an epoch id of 16 bytes before it. A closed wallet's are empty.
const sealedColumns = ['share_sealed', 'key_sealed', 'pending_share_sealed', 'pending_key_sealed', 'pending_rerandomiser_sealed']
const isStale = `(${sealedColumns.map((column) => `(octet_length(${column}) > 0 AND substring(${column} FOR 4) <> $1)`).join(' OR ')}
  OR EXISTS (SELECT 1 FROM unnest(retired_sealed) AS entry WHERE substring(entry FROM 17 FOR 4) <> $1)
  OR EXISTS (SELECT 1 FROM vault.records WHERE records.wallet_id = w.wallet_id AND substring(half_sealed FOR 4) <> $1))`

function generationBytes(generation: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(generation)
  return bytes
}

export async function listStale(
  database: Database,
  wanted: { readonly generation: number; readonly after: HexId; readonly limit: number },
): Promise<readonly SealedRow[]> {
  const { rows } = await database.query<WalletRow>(
    `SELECT * FROM vault.wallets AS w WHERE wallet_id > $2 AND ${isStale} ORDER BY wallet_id LIMIT $3`,
    [generationBytes(wanted.generation), wanted.after === '' ? Buffer.alloc(0) : hexToBytes(wanted.after), wanted.limit],
    'vault-list-stale',
  )
  const halves = await database.query<{ wallet_id: Buffer; record_id: Buffer; half_sealed: Buffer }>(
    'SELECT wallet_id, record_id, half_sealed FROM vault.records WHERE wallet_id = ANY($1) ORDER BY record_id',
    [rows.map((row) => row.wallet_id)],
    'vault-list-stale-records',
  )
  const recordsById = new Map<HexId, RecordHalf[]>()
  for (const row of halves.rows) {
    const walletId = bytesToHex(row.wallet_id)
    const known = recordsById.get(walletId) ?? []
    recordsById.set(walletId, [...known, { recordId: bytesToHex(row.record_id), half: new Uint8Array(row.half_sealed) }])
  }
  return rows.map((row) => {
    const wallet = parseWalletRow(row)
    return { wallet, records: recordsById.get(wallet.walletId) ?? [] }
  })
}

export async function countStale(database: Database, generation: number): Promise<number> {
  const sql = `SELECT count(*) AS count FROM vault.wallets AS w WHERE ${isStale}`
  return Number((await database.query<{ count: bigint }>(sql, [generationBytes(generation)])).rows[0]?.count ?? 0)
}

const heads = [
  ...sealedColumns.map((column) => `SELECT substring(${column} FOR 4) AS head FROM vault.wallets WHERE octet_length(${column}) > 0`),
  'SELECT substring(entry FROM 17 FOR 4) FROM vault.wallets, unnest(retired_sealed) AS entry',
  'SELECT substring(half_sealed FOR 4) FROM vault.records',
].join(' UNION ALL ')

export async function countByGeneration(database: Database): Promise<ReadonlyMap<number, number>> {
  const { rows } = await database.query<{ head: Buffer; count: bigint }>(
    `SELECT head, count(*) AS count FROM (${heads}) AS all_sealed GROUP BY head`,
  )
  return new Map(rows.map(({ head, count }) => [head.readUInt32BE(), Number(count)]))
}

// The state of the wallet is not asked: a frozen one keeps its seals new as well. Nothing else than the seals is named in a change.
const sql = `WITH ${lockLease},
  asked AS (SELECT a.* FROM ours, json_to_recordset($2::json) AS a(
    wallet_id bytea, epoch_id bytea, share_sealed bytea, pending_epoch_id bytea, retired integer, change json, records json)),
  saved AS (UPDATE vault.wallets AS w
    SET (${changingColumns.join(', ')}) = (SELECT ${changingColumns.join(', ')} FROM json_populate_record(w, asked.change))
    FROM asked
    WHERE w.wallet_id = asked.wallet_id AND w.epoch_id = asked.epoch_id AND w.share_sealed = asked.share_sealed
      AND w.pending_epoch_id IS NOT DISTINCT FROM asked.pending_epoch_id AND cardinality(w.retired_sealed) = asked.retired
    RETURNING w.wallet_id, asked.records),
  moved AS (UPDATE vault.records AS r SET half_sealed = x.half
    FROM saved, json_to_recordset(saved.records) AS x(record_id bytea, was bytea, half bytea)
    WHERE r.wallet_id = saved.wallet_id AND r.record_id = x.record_id AND r.half_sealed = x.was)
  SELECT EXISTS (SELECT 1 FROM ours) AS leased, (SELECT array_agg(encode(wallet_id, 'hex')) FROM saved) AS saved`

/** Reseals several wallets in one durable transaction; answers as `saveWallets` does. */
export async function resealWallets(
  database: Database,
  lease: bigint,
  changes: readonly Resealing[],
): Promise<ReadonlySet<HexId> | undefined> {
  const values = [lease, JSON.stringify(changes.map(describe))]
  const { rows } = await database.query<{ leased: boolean; saved: readonly string[] | null }>(sql, values, 'vault-reseal-wallets')
  return rows[0]?.leased === true ? new Set(rows[0].saved) : undefined
}

function describe({ walletId, before, after }: Resealing): object {
  const { stored } = before.wallet
  return {
    wallet_id: `\\x${walletId}`,
    epoch_id: `\\x${stored.current.eid}`,
    share_sealed: hexOf(stored.current.secrets.share),
    pending_epoch_id: stored.pending === null ? null : `\\x${stored.pending.eid}`,
    retired: stored.retired.length,
    change: describeSeals(stored, after.wallet.stored),
    records: after.records.map(({ recordId, half }, index) => ({
      record_id: `\\x${recordId}`,
      was: hexOf(before.records[index]?.half ?? new Uint8Array()),
      half: hexOf(half),
    })),
  }
}

export async function readMark(database: Database): Promise<number> {
  const { rows } = await database.query<{ value: bigint }>(`SELECT value FROM vault.marks WHERE name = 'vault'`)
  return Number(rows[0]?.value ?? 0)
}

/** Answers whether the lease is this owner's. */
export async function writeMark(database: Database, lease: bigint, mark: number): Promise<boolean> {
  const { rows } = await database.query<{ leased: boolean }>(
    `WITH ${lockLease}, written AS (INSERT INTO vault.marks (name, value) SELECT 'vault', $2::bigint FROM ours
       ON CONFLICT (name) DO UPDATE SET value = GREATEST(marks.value, EXCLUDED.value))
     SELECT EXISTS (SELECT 1 FROM ours) AS leased`,
    [lease, mark],
    'vault-write-mark',
  )
  return rows[0]?.leased === true
}

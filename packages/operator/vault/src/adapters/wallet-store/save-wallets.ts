import type { Database } from '@symbolon/service/database'
import { lastStateCodes, type HexId } from '@symbolon/custody/operator'
import type { SignedAttempt, WalletChange } from '../../ports.ts'
import { lockLease } from './lease.ts'
import { changingColumns, describeChange, hexOf } from './wallet-row.ts'

const signedColumns = {
  attempt_id: 'bytea',
  slot_id: 'bytea',
  kind: 'text',
  message: 'bytea',
  signature: 'bytea',
  device_key_kind: 'smallint',
  device_signature: 'bytea',
} as const
const signedNames = Object.keys(signedColumns)

// One statement is one transaction. The lease row is locked for its length; a wallet that stands otherwise is left out of `saved`, and
// so is what was signed for it. Columns that a change does not name keep what the row has.
const sql = `WITH ${lockLease},
  asked AS (SELECT a.* FROM ours, json_to_recordset($2::json) AS a(
    wallet_id bytea, epoch_id bytea, counter bigint, last_state smallint, pending_epoch_id bytea, demand_since_ms bigint,
    change json, signed json)),
  saved AS (UPDATE vault.wallets AS w
    SET (${changingColumns.join(', ')}) = (SELECT ${changingColumns.join(', ')} FROM json_populate_record(w, asked.change))
    FROM asked
    WHERE w.wallet_id = asked.wallet_id AND w.epoch_id = asked.epoch_id AND w.counter = asked.counter
      AND w.last_state = asked.last_state AND w.pending_epoch_id IS NOT DISTINCT FROM asked.pending_epoch_id
      AND w.demand_since_ms IS NOT DISTINCT FROM asked.demand_since_ms AND NOT w.frozen AND w.closing_statement IS NULL
    RETURNING w.wallet_id, asked.signed),
  sent AS (INSERT INTO vault.signed_messages (wallet_id, ${signedNames.join(', ')})
    SELECT saved.wallet_id, ${signedNames.map((name) => `s.${name}`).join(', ')}
    FROM saved, json_to_record(saved.signed) AS s(${Object.entries(signedColumns)
      .map((column) => column.join(' '))
      .join(', ')})
    WHERE saved.signed IS NOT NULL)
  SELECT EXISTS (SELECT 1 FROM ours) AS leased, (SELECT array_agg(encode(wallet_id, 'hex')) FROM saved) AS saved`

/** A change of one row, with what was signed or not; every other change has a statement of its own. */
export type RowChange = Pick<WalletChange, 'walletId' | 'before' | 'after' | 'signed'>

/** Saves several wallets in one durable transaction; answers those that were saved, or undefined if the lease is another's. */
export async function saveWallets(
  database: Database,
  lease: bigint,
  changes: readonly RowChange[],
): Promise<ReadonlySet<HexId> | undefined> {
  const { rows } = await database.query<{ leased: boolean; saved: readonly string[] | null }>(
    sql,
    [lease, JSON.stringify(changes.map(describe))],
    'vault-save-wallets',
  )
  return rows[0]?.leased === true ? new Set(rows[0].saved) : undefined
}

function describe({ walletId, before, after, signed }: RowChange): object {
  return {
    wallet_id: `\\x${walletId}`,
    epoch_id: `\\x${before.current.eid}`,
    counter: before.counter,
    last_state: lastStateCodes[before.last.state],
    pending_epoch_id: before.pending === null ? null : `\\x${before.pending.eid}`,
    demand_since_ms: before.demand?.sinceMs ?? null,
    change: describeChange(before, after),
    signed: signed === undefined ? undefined : describeSigned(signed),
  }
}

function describeSigned(signed: SignedAttempt): Record<keyof typeof signedColumns, string | number> {
  return {
    attempt_id: `\\x${signed.attemptId}`,
    slot_id: `\\x${signed.slotId}`,
    kind: signed.kind,
    message: hexOf(signed.message),
    signature: hexOf(signed.signature),
    device_key_kind: signed.deviceKeyKind,
    device_signature: hexOf(signed.deviceSignature),
  }
}

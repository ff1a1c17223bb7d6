import type { SuspensionCause } from '@symbolon/contracts/issuer-link'
import { bytesToHex, hexToBytes } from '@symbolon/formats/bytes'
import type { Database } from '@symbolon/service/database'
import type { SuspensionKey, SuspensionStore } from '../flows/suspension-store.ts'

type Row = {
  readonly wallet_id: Uint8Array
  readonly token_reference_id: Uint8Array
  readonly issuer_id: Uint8Array
  readonly cause: SuspensionCause
  readonly systems_trace_audit_number: string
  readonly transmission_date_time: string
  readonly attempts: number
}
const isKey = 'wallet_id = $1 AND token_reference_id = $2'
const keyValues = ({ walletId, tokenReferenceId }: SuspensionKey): readonly Uint8Array[] => [
  hexToBytes(walletId),
  hexToBytes(tokenReferenceId),
]

/** The store in PostgreSQL, schema `link`. Each change is one commit. */
export function createPostgresSuspensionStore(database: Database): SuspensionStore {
  return {
    queue: async (suspension) => {
      const { issuerId, cause, queueNumber, systemsTraceAuditNumber, transmissionDateTime, nowMs } = suspension
      const { count } = await database.query(
        `INSERT INTO link.suspensions (wallet_id, token_reference_id, issuer_id, cause, queue_number, systems_trace_audit_number,
           transmission_date_time, queued_at_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (wallet_id, token_reference_id) DO NOTHING`,
        [...keyValues(suspension), hexToBytes(issuerId), cause, queueNumber, systemsTraceAuditNumber, transmissionDateTime, nowMs],
      )
      return count === 1
    },
    findState: async (key) => {
      const { rows } = await database.query<{ state: 'queued' | 'acknowledged' }>(
        `SELECT state FROM link.suspensions WHERE ${isKey}`,
        keyValues(key),
      )
      return rows[0]?.state
    },
    findOwed: async (issuerId) => {
      const { rows } = await database.query<Row>(
        "SELECT * FROM link.suspensions WHERE issuer_id = $1 AND state = 'queued' ORDER BY queue_number LIMIT 1",
        [hexToBytes(issuerId)],
      )
      const row = rows[0]
      if (row === undefined) return undefined
      return {
        walletId: bytesToHex(row.wallet_id),
        tokenReferenceId: bytesToHex(row.token_reference_id),
        issuerId: bytesToHex(row.issuer_id),
        cause: row.cause,
        systemsTraceAuditNumber: row.systems_trace_audit_number,
        transmissionDateTime: row.transmission_date_time,
        attempts: row.attempts,
      }
    },
    countAttempt: async (key) => {
      await database.query(`UPDATE link.suspensions SET attempts = attempts + 1 WHERE ${isKey}`, keyValues(key))
    },
    settle: async (key, responseCode, nowMs) => {
      await database.query(
        `UPDATE link.suspensions SET state = 'acknowledged', response_code = $3, acknowledged_at_ms = $4 WHERE ${isKey} AND state = 'queued'`,
        [...keyValues(key), responseCode, nowMs],
      )
    },
  }
}

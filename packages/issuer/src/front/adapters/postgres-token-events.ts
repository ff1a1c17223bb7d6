import type { TokenEvent, TokenEventCause, TokenEventKind } from '@symbolon/contracts/rebind-api'
import { bytesToHex } from '@symbolon/formats/bytes'
import type { Queries } from '@symbolon/service/database'
import { nextNumber } from './postgres-counters.ts'

export type TokenFact = {
  readonly tokenReferenceId: Uint8Array
  readonly walletId: Uint8Array
  readonly kind: TokenEventKind
  readonly cause: TokenEventCause
}
type Row = {
  readonly sequence: bigint
  readonly at: bigint
  readonly token_reference_id: Uint8Array
  readonly wallet_id: Uint8Array
  readonly kind: TokenEventKind
  readonly cause: TokenEventCause
}

/** Appends as the last statement of the transaction that does it: the counter's lock is then short. */
export async function appendTokenEvent(queries: Queries, now: number, fact: TokenFact): Promise<void> {
  await queries.query(
    'INSERT INTO front.token_events (sequence, at, token_reference_id, wallet_id, kind, cause) VALUES ($1, $2, $3, $4, $5, $6)',
    [await nextNumber(queries, 'token-events'), now, fact.tokenReferenceId, fact.walletId, fact.kind, fact.cause],
  )
}

export async function readTokenEvents(queries: Queries, after: number, limit: number): Promise<readonly TokenEvent[]> {
  const { rows } = await queries.query<Row>('SELECT * FROM front.token_events WHERE sequence > $1 ORDER BY sequence LIMIT $2', [
    after,
    limit,
  ])
  return rows.map((row) => ({
    sequence: Number(row.sequence),
    at: Number(row.at),
    tokenReferenceId: bytesToHex(row.token_reference_id),
    walletId: bytesToHex(row.wallet_id),
    kind: row.kind,
    cause: row.cause,
  }))
}

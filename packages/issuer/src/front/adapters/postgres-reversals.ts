import type { Queries } from '@symbolon/service/database'
import type { PendingReversal } from '../flows/authorization-store.ts'
import type { HostFields } from '../rules/host-message.ts'
import { nextNumber } from './postgres-counters.ts'

type Row = {
  readonly exchange_id: Uint8Array
  readonly sends: number
  readonly host_fields: HostFields
  readonly account_key: Uint8Array
  readonly sealed_account: Uint8Array
  readonly expiry: string
}

/** Queues the reversal of an exchange at the host, once. */
export async function queueReversal(queries: Queries, exchangeId: Uint8Array): Promise<void> {
  await queries.query('INSERT INTO front.host_reversals (exchange_id, position) VALUES ($1, $2) ON CONFLICT (exchange_id) DO NOTHING', [
    exchangeId,
    await nextNumber(queries, 'host-reversals'),
  ])
}

export async function nextReversal(queries: Queries): Promise<PendingReversal | undefined> {
  const { rows } = await queries.query<Row>(
    `SELECT r.exchange_id, r.sends, a.host_fields, t.account_key, c.sealed_account, c.expiry
     FROM front.host_reversals r
     JOIN front.authorizations a ON a.exchange_id = r.exchange_id
     JOIN front.tokens t ON t.token_reference_id = a.token_reference_id
     JOIN front.accounts c ON c.account_key = t.account_key
     WHERE NOT r.settled ORDER BY r.position LIMIT 1`,
  )
  const row = rows[0]
  if (row === undefined) return undefined
  return {
    exchangeId: row.exchange_id,
    sends: row.sends,
    host: row.host_fields,
    account: { accountKey: row.account_key, sealedAccount: row.sealed_account, cardExpiry: row.expiry },
  }
}

export async function countReversalSend(queries: Queries, exchangeId: Uint8Array): Promise<void> {
  await queries.query('UPDATE front.host_reversals SET sends = least(sends, 1000000) + 1 WHERE exchange_id = $1', [exchangeId])
}

export async function settleReversal(queries: Queries, exchangeId: Uint8Array): Promise<void> {
  await queries.query('UPDATE front.host_reversals SET settled = true WHERE exchange_id = $1', [exchangeId])
}

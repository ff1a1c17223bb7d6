import { assert } from '@symbolon/formats/result'
import type { Queries } from '@symbolon/service/database'
import type { DayRefusal, Sending } from '../flows/authorization-store.ts'
import { daySeconds, findDayFault } from '../rules/key-limits.ts'
import { isCountGrown } from '../rules/key-protection.ts'

/** Counts one payment against its token, whose row is the lock of all payments with it, or says what forbids it. */
export async function useToken(queries: Queries, sending: Sending): Promise<DayRefusal | undefined> {
  const { message, signCount } = sending
  const { rows } = await queries.query<{ sign_count: bigint }>(
    'SELECT sign_count FROM front.tokens WHERE token_reference_id = $1 FOR UPDATE',
    [message.tokenReferenceId],
  )
  const stored = rows[0]?.sign_count
  assert(stored !== undefined, 'a token that was found is never removed')
  if (signCount !== undefined && !isCountGrown(signCount, Number(stored))) return 'count-not-grown'
  const fault = findDayFault(sending.limit, await sumDay(queries, sending), sending)
  if (fault !== undefined || signCount === undefined) return fault
  await queries.query('UPDATE front.tokens SET sign_count = $2 WHERE token_reference_id = $1', [message.tokenReferenceId, signCount])
  return undefined
}

// What was reversed came back, and what was declined was never spent.
async function sumDay(queries: Queries, sending: Sending): Promise<{ readonly amountMinorUnits: bigint; readonly count: number }> {
  const { rows } = await queries.query<{ amount: string; count: bigint }>(
    `SELECT coalesce(sum(amount::numeric) FILTER (WHERE currency = $2), 0)::text AS amount, count(*) AS count
     FROM front.authorizations
     WHERE token_reference_id = $1 AND received_at > $3 AND state IN ('sent', 'approved') AND exchange_id <> $4`,
    [sending.message.tokenReferenceId, sending.currency, sending.receivedAt - daySeconds, sending.exchangeId],
  )
  return { amountMinorUnits: BigInt(rows[0]?.amount ?? '0'), count: Number(rows[0]?.count ?? 0) }
}

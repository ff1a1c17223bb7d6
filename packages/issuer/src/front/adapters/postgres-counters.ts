import { assert } from '@symbolon/formats/result'
import type { Queries } from '@symbolon/service/database'

/** The next number of a counter; the counter stays locked until the transaction ends, so numbers become visible in their order. */
export async function nextNumber(queries: Queries, name: 'journal' | 'host-reversals' | 'token-events'): Promise<bigint> {
  const { rows } = await queries.query<{ value: bigint }>('UPDATE front.counters SET value = value + 1 WHERE name = $1 RETURNING value', [
    name,
  ])
  assert(rows[0] !== undefined, 'the counters are part of the schema')
  return rows[0].value
}

import type { Database } from '@symbolon/service/database'
import { assert } from '@symbolon/formats/result'

const leaseName = 'vault'

/** For a statement whose first parameter is the owner's number: `ours` is empty for an earlier owner, and holds off a later one. */
export const lockLease = `ours AS (SELECT number FROM vault.lease WHERE name = '${leaseName}' AND number = $1 FOR SHARE)`

/** Fences off every earlier owner, whose writes that are under way are waited for. */
export async function takeLease(database: Database): Promise<bigint> {
  const { rows } = await database.query<{ number: bigint }>(
    `INSERT INTO vault.lease (name, number) VALUES ($1, 1)
     ON CONFLICT (name) DO UPDATE SET number = lease.number + 1 RETURNING number`,
    [leaseName],
  )
  const lease = rows[0]?.number
  assert(lease !== undefined, 'taking the lease answers its number')
  return lease
}

/** Whether the lease is still this owner's. Questions that are asked at the same time share one query, which is sent after them. */
export function createLeaseCheck(database: Database, lease: bigint): () => Promise<boolean> {
  let next: Promise<boolean> | undefined
  const ask = async (): Promise<boolean> => {
    await new Promise((resolve) => setImmediate(resolve))
    next = undefined
    const sql = 'SELECT number FROM vault.lease WHERE name = $1'
    const { rows } = await database.query<{ number: bigint }>(sql, [leaseName], 'vault-lease')
    return rows[0]?.number === lease
  }
  return () => (next ??= ask())
}

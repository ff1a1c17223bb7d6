import { afterAll, beforeAll, expect, it } from 'vitest'
import { openPostgresWalletStore } from '@symbolon/operator-vault/wallet-store'
import { createDatabase, type Database } from '@symbolon/service/database'
import { startOperatorSchema, type TestOperatorSchema } from '../operator-schema.ts'
import { describeRun } from './report.ts'
import { run } from './run.ts'

let schema: TestOperatorSchema
let database: Database
beforeAll(async () => {
  schema = await startOperatorSchema()
  database = createDatabase(schema.config('symbolon_vault'))
})
afterAll(async () => {
  await database.close()
  await schema.stop()
})

it('1.13-09 the same faults over the store that an installation has', async () => {
  const store = await openPostgresWalletStore(database, () => undefined)
  const report = await run({ seed: 11, steps: 1_200, store })
  process.stdout.write(describeRun(report))
  expect(report.violation, describeRun(report)).toBe('')
  expect(report.paid).toBeGreaterThan(10)
  const { rows } = await database.query<{ count: string }>(
    'SELECT count(*) FROM vault.signed_messages GROUP BY wallet_id, slot_id HAVING count(*) > 1',
  )
  expect(rows).toEqual([])
})

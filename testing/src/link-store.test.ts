import { createPostgresAuthorizationStore } from '@symbolon/operator-link/authorization-store'
import { authorizationStoreContract } from '@symbolon/operator-link/authorization-store-contract'
import { createPostgresSuspensionStore } from '@symbolon/operator-link/suspension-store'
import { suspensionStoreContract } from '@symbolon/operator-link/suspension-store-contract'
import { createDatabase, type Database } from '@symbolon/service/database'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startOperatorSchema, type TestOperatorSchema } from './operator-schema.ts'

let schema: TestOperatorSchema
let administrator: Database
let database: Database
beforeAll(async () => {
  schema = await startOperatorSchema()
  administrator = createDatabase({ ...schema.administrator, poolSize: 1 })
  // As the plane itself connects: what its grants do not allow fails here too.
  database = createDatabase(schema.config('symbolon_link'))
})
afterAll(async () => {
  await database.close()
  await administrator.close()
  await schema.stop()
})
beforeEach(() => administrator.query('TRUNCATE link.reversals, link.authorizations, link.counters, link.suspensions'))

describe("link's store in PostgreSQL, with the rights of link alone", () => {
  test.each(authorizationStoreContract)('$name', ({ check }) => check(createPostgresAuthorizationStore(database)))

  test.each(suspensionStoreContract)('suspension: $name', ({ check }) => check(createPostgresSuspensionStore(database)))

  test.each([
    'DELETE FROM link.suspensions',
    "UPDATE link.suspensions SET cause = 'closed'",
    'DELETE FROM link.authorizations',
    'UPDATE link.authorizations SET amount_minor_units = 1',
    "UPDATE link.authorizations SET retrieval_reference_number = '000000000000'",
    'UPDATE link.reversals SET queue_number = 0',
    'DELETE FROM link.reversals',
    'SELECT * FROM edge.payments',
    'SELECT * FROM vault.wallets',
  ])('may not: %s', async (text) => {
    await expect(database.query(text)).rejects.toMatchObject({ code: '42501' })
  })
})

import { afterAll, beforeAll, describe, test } from 'vitest'
import { createPostgresStores, type Stores } from '@symbolon/operator-edge/stores'
import { storeContract } from '@symbolon/operator-edge/store-contract'
import { createDatabase, type Database } from '@symbolon/service/database'
import { startOperatorSchema, type TestOperatorSchema } from './operator-schema.ts'

let schema: TestOperatorSchema
let database: Database
let stores: Stores
beforeAll(async () => {
  schema = await startOperatorSchema()
  // As the plane itself connects: what its grants do not allow fails here too.
  database = createDatabase(schema.config('symbolon_edge'))
  stores = createPostgresStores(database)
})
afterAll(async () => {
  await database.close()
  await schema.stop()
})

describe("edge's stores in PostgreSQL, with the rights of edge alone", () => {
  test.each(storeContract)('$name', (each) => each.run(stores))
})

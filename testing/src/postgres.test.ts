import { afterAll, beforeAll, expect, test } from 'vitest'
import { createDatabase, type DatabaseConfig } from '@symbolon/service/database'
import { startTestPostgres, type TestPostgres } from './postgres.ts'

let postgres: TestPostgres
beforeAll(async () => {
  postgres = await startTestPostgres()
})
afterAll(() => postgres.stop())

async function ask(config: DatabaseConfig, sql: string): Promise<unknown> {
  const database = createDatabase({ ...config, poolSize: 1 })
  try {
    return (await database.query<Record<string, unknown>>(sql)).rows[0]
  } finally {
    await database.close()
  }
}

test('the server is PostgreSQL 18 and listens on no network address', async () => {
  expect(await ask(postgres.adminConfig('postgres'), 'SHOW server_version_num')).toMatchObject({
    server_version_num: expect.stringMatching(/^18/u),
  })
  expect(await ask(postgres.adminConfig('postgres'), 'SHOW listen_addresses')).toEqual({ listen_addresses: '' })
})

test('a role opens its own database and no other', async () => {
  const first = await postgres.createRole('first')
  const second = await postgres.createRole('second')
  await postgres.createDatabase('first_data', 'first')
  expect(await ask(first('first_data'), 'SELECT current_user::text AS name')).toEqual({ name: 'first' })
  await expect(ask(second('first_data'), 'SELECT 1')).rejects.toMatchObject({ code: '42501' })
  await expect(ask({ ...first('first_data'), password: 'wrong' }, 'SELECT 1')).rejects.toMatchObject({ cause: { code: '28P01' } })
})

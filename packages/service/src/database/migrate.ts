import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Database } from './pool.ts'

export type Migration = { readonly name: string; readonly sql: string }

/** Reads the forward migrations of a folder, in the order of their names (`001-….sql`). */
export function loadMigrations(folder: string): readonly Migration[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.sql'))
    .toSorted((left, right) => left.localeCompare(right))
    .map((name) => ({ name, sql: readFileSync(join(folder, name), 'utf8') }))
}

/** Applies what is missing, each migration in a transaction of its own, and answers the names that were applied. */
export async function migrate(database: Database, schema: string, migrations: readonly Migration[]): Promise<readonly string[]> {
  await database.query(`CREATE SCHEMA IF NOT EXISTS ${schema}`)
  await database.query(
    `CREATE TABLE IF NOT EXISTS ${schema}.migrations (name text PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())`,
  )
  const { rows } = await database.query<{ name: string }>(`SELECT name FROM ${schema}.migrations`)
  const applied = new Set(rows.map((row) => row.name))
  const missing = migrations.filter((migration) => !applied.has(migration.name))
  for (const migration of missing) {
    await database.transaction(async (queries) => {
      await queries.query(migration.sql)
      await queries.query(`INSERT INTO ${schema}.migrations (name) VALUES ($1)`, [migration.name])
    })
  }
  return missing.map((migration) => migration.name)
}

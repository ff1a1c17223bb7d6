import { join } from 'node:path'
import { loadMigrations, migrate, type Database } from '@symbolon/service/database'
import { applyGrants } from './apply-grants.ts'
import { planeSchemas } from './grants.ts'

/** What a run did: the migrations that were missing, by schema, and how many rows of the grants table hold now. */
export type SchemaReport = { readonly applied: readonly string[]; readonly grants: number }

/** Brings the three schemas of an operator to the newest form and gives each plane what the grants table says. Idempotent. */
export async function installSchema(database: Database, migrationsFolder: string): Promise<SchemaReport> {
  const applied: string[] = []
  for (const schema of Object.values(planeSchemas)) {
    const names = await migrate(database, schema, loadMigrations(join(migrationsFolder, schema)))
    applied.push(...names.map((name) => `${schema}/${name}`))
  }
  const { grants } = await applyGrants(database)
  return { applied, grants }
}

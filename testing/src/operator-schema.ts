import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { planeRoles, type PlaneRole } from '@symbolon/operator-schema/grants'
import type { DatabaseConfig } from '@symbolon/service/database'
import { startTestPostgres, type TestPostgres } from './postgres.ts'

const program = fileURLToPath(new URL('../../packages/operator/schema/dist/main.js', import.meta.url))

/** The operator's database as an installation has it: owner, plane roles, schemas and grants, in a PostgreSQL of the test's own. */
export type TestOperatorSchema = {
  readonly postgres: TestPostgres
  readonly owner: DatabaseConfig
  readonly administrator: DatabaseConfig
  config(role: PlaneRole): DatabaseConfig
  /** Runs the schema program again, as an upgrade does. */
  apply(): { readonly exitCode: number | null; readonly stdout: string; readonly stderr: string }
  stop(): Promise<void>
}

export async function startOperatorSchema(settings: Readonly<Record<string, string>> = {}): Promise<TestOperatorSchema> {
  const postgres = await startTestPostgres(settings)
  const owner = await postgres.createRole('symbolon_migrator')
  const configs = new Map<PlaneRole, (database: string) => DatabaseConfig>()
  for (const role of planeRoles) configs.set(role, await postgres.createRole(role))
  await postgres.createDatabase('symbolon', 'symbolon_migrator')
  const schema: TestOperatorSchema = {
    postgres,
    owner: owner('symbolon'),
    administrator: postgres.adminConfig('symbolon'),
    config(role) {
      const config = configs.get(role)
      if (config === undefined) throw new Error('a plane has a role')
      return config('symbolon')
    },
    apply: () => runSchemaProgram(owner('symbolon')),
    stop: () => postgres.stop(),
  }
  const first = schema.apply()
  if (first.exitCode !== 0) {
    await postgres.stop()
    throw new Error('the schema program failed', { cause: first.stderr })
  }
  return schema
}

function runSchemaProgram(database: DatabaseConfig): ReturnType<TestOperatorSchema['apply']> {
  const folder = mkdtempSync(join(tmpdir(), 'symbolon-schema-'))
  try {
    const file = join(folder, 'config.json')
    writeFileSync(file, JSON.stringify({ database }), { mode: 0o600 })
    const { status, stdout, stderr } = spawnSync(process.execPath, [program, '--config', file], { encoding: 'utf8', timeout: 60_000 })
    return { exitCode: status, stdout, stderr }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

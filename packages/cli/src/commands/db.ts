import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { createDatabase, type DatabaseConfig } from '@symbolon/service/database'
import { ConfigurationError } from '@symbolon/service/config'
import { exitCodes } from '../output/exit-codes.ts'
import { listenForInterrupt } from '../processes/interrupt.ts'
import { takeOwnerLock } from '../processes/owner-lock.ts'
import { migrateOperator, prepareOperatorRoles } from '../setup/operator-schema.ts'
import { operatorPlanes } from '../setup/roles.ts'
import { openServer } from '../start/postgres-servers.ts'
import { readRunFile } from '../start/run-file.ts'
import { findCheckout, findHome, makeHome, type Home } from '../state/home.ts'
import { openSecrets } from '../state/secrets.ts'
import { jsonOption, makeCommand } from './command.ts'

export const dbCommand = makeCommand({
  name: 'db',
  description: 'migrate: bring the operator’s schemas to the newest form (a start does it too). check: compare them with the migrations.',
  args: { action: { type: 'positional', description: 'migrate or check', required: true }, json: jsonOption },
  run: ({ action, json }) => db(action, json),
})

async function db(action: string, json: boolean): Promise<number> {
  if (action !== 'migrate' && action !== 'check') {
    process.stderr.write('`db` does `migrate` or `check`.\n')
    return exitCodes.usage
  }
  listenForInterrupt()
  const home = findHome()
  return withOperatorDatabase(home, action === 'migrate', async (administrator) => {
    const report = await compareMigrations(administrator, join(findCheckout(), 'packages/operator/schema/migrations'))
    const isCurrent = report.missing.length === 0 && report.unknown.length === 0
    if (json) process.stdout.write(`${JSON.stringify({ version: 1, isCurrent, ...report })}\n`)
    else {
      process.stdout.write(`applied: ${report.applied.length}\n`)
      for (const name of report.missing) process.stdout.write(`missing: ${name} (npm run symbolon -- db migrate)\n`)
      for (const name of report.unknown) process.stdout.write(`unknown to this version: ${name} (the database is newer than the program)\n`)
    }
    return isCurrent ? exitCodes.ok : exitCodes.verification
  })
}

/** Works on the running installation's server, or on one that is opened for it. */
async function withOperatorDatabase(
  home: Home,
  migrates: boolean,
  work: (administrator: DatabaseConfig) => Promise<number>,
): Promise<number> {
  makeHome(home)
  const secrets = openSecrets(home.secretsFile)
  const lock = takeOwnerLock(home.lockFile)
  if (lock.kind === 'taken') {
    const running = readRunFile(home)?.machinery?.operatorDatabase
    if (running === undefined) throw new ConfigurationError('an installation is starting; try again in some seconds', '')
    const { dataFolder: _dataFolder, ...administrator } = running
    if (migrates) await migrateOperator(home, administrator, secrets)
    return work(administrator)
  }
  const quiet = { onRestart: () => undefined, onRunning: () => undefined }
  const server = await openServer({ name: 'operator', variable: 'DATABASE_URL', home, ...quiet })
  try {
    if (migrates) {
      await prepareOperatorRoles(server, secrets)
      await migrateOperator(home, server.administrator, secrets)
    }
    return await work({ ...server.administrator, database: 'symbolon' })
  } finally {
    await server.stop()
    lock.release()
  }
}

type Comparison = { readonly applied: readonly string[]; readonly missing: readonly string[]; readonly unknown: readonly string[] }

async function compareMigrations(administrator: DatabaseConfig, folder: string): Promise<Comparison> {
  const database = createDatabase({ ...administrator, poolSize: 1 })
  try {
    const rows = await Promise.all(
      operatorPlanes.map(async (schema) => {
        const { rows: present } = await database.query<{ found: boolean }>(`SELECT to_regclass($1) IS NOT NULL AS found`, [
          `${schema}.migrations`,
        ])
        if (present[0]?.found !== true) return []
        const { rows: names } = await database.query<{ name: string }>(`SELECT name FROM ${schema}.migrations ORDER BY name`)
        return names.map(({ name }) => `${schema}/${name}`)
      }),
    )
    const applied = rows.flat()
    const wanted = operatorPlanes.flatMap((schema) => listMigrations(join(folder, schema)).map((name) => `${schema}/${name}`))
    return { applied, missing: wanted.filter((name) => !applied.includes(name)), unknown: applied.filter((name) => !wanted.includes(name)) }
  } finally {
    await database.close()
  }
}

function listMigrations(folder: string): readonly string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.sql'))
    .toSorted((left, right) => left.localeCompare(right))
}

import { rmSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createDatabase, type DatabaseConfig } from '@symbolon/service/database'
import { makeTestHome, runCli, startInstallation } from './installation.ts'
import { startTestPostgres, type TestPostgres } from './postgres.ts'

let postgres: TestPostgres
const homes: string[] = []
beforeAll(async () => {
  postgres = await startTestPostgres()
})
afterAll(async () => {
  await postgres.stop()
  for (const home of homes) rmSync(home, { recursive: true, force: true })
})

function makeHome(): string {
  const home = makeTestHome()
  homes.push(home)
  return home
}

const addressOf = ({ host, user, password, database }: DatabaseConfig): string =>
  `postgres://${user}:${encodeURIComponent(password)}@localhost/${database}?host=${encodeURIComponent(host)}`

async function migrate(
  home: string,
  address: string,
): Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }> {
  const child = runCli(['db', 'migrate', '--json'], { home, portBase: 30_000, environment: { DATABASE_URL: address } })
  let [stdout, stderr] = ['', '']
  child.stdout?.on('data', (chunk: Buffer) => (stdout += chunk.toString('utf8')))
  child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString('utf8')))
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve))
  return { code, stdout, stderr }
}

async function ask<Row extends Record<string, unknown>>(sql: string, database = 'postgres'): Promise<readonly Row[]> {
  const connection = createDatabase({ ...postgres.adminConfig(database), poolSize: 1 })
  try {
    return (await connection.query<Row>(sql)).rows
  } finally {
    await connection.close()
  }
}

test('an administrator who may make neither roles nor databases is told what is missing', async () => {
  const config = (await postgres.createRole('powerless'))('postgres')
  const { code, stderr } = await migrate(makeHome(), addressOf(config))
  expect(code).toBe(3)
  expect(stderr).toContain('CREATEROLE CREATEDB')
  expect(stderr).not.toContain(config.password)
})

test('a wrong password is a network failure that does not repeat the address', async () => {
  const config = { ...postgres.adminConfig('postgres'), password: 'a-wrong-one' }
  const { code, stderr } = await migrate(makeHome(), addressOf(config))
  expect(code).toBe(4)
  expect(stderr).not.toContain('a-wrong-one')
})

test('CREATEROLE and CREATEDB are enough; a second run changes nothing; another installation is refused', async () => {
  const config = (await postgres.createRole('keeper'))('postgres')
  await ask('ALTER ROLE keeper CREATEROLE CREATEDB')
  const home = makeHome()
  const first = await migrate(home, addressOf(config))
  expect([first.code, first.stderr]).toEqual([0, ''])
  expect(JSON.parse(first.stdout)).toMatchObject({ isCurrent: true, missing: [] })
  const roles = await ask<{ name: string }>(`SELECT rolname::text AS name FROM pg_roles WHERE rolname LIKE 'symbolon%' ORDER BY 1`)
  expect(roles.map(({ name }) => name)).toEqual(['symbolon_edge', 'symbolon_link', 'symbolon_migrator', 'symbolon_vault'])
  expect(await ask(`SELECT has_database_privilege('powerless', 'symbolon', 'CONNECT') AS may`)).toEqual([{ may: false }])

  expect((await migrate(home, addressOf(config))).stdout).toBe(first.stdout)

  const stranger = await migrate(makeHome(), addressOf(config))
  expect(stranger.code).toBe(3)
  expect(stranger.stderr).toContain('another Symbolon installation')
})

test('a whole installation runs on a server of somebody else’s, whose planes and issuers stay apart', async () => {
  const config = (await postgres.createRole('host_of_all'))('postgres')
  await ask('ALTER ROLE host_of_all CREATEROLE CREATEDB')
  await ask('DROP DATABASE IF EXISTS symbolon WITH (FORCE)')
  await ask('DROP ROLE IF EXISTS symbolon_edge, symbolon_link, symbolon_vault, symbolon_migrator')
  const address = addressOf(config)
  const installation = await startInstallation({ environment: { DATABASE_URL: address, ISSUER_DATABASE_URL: address } })
  try {
    expect(installation.machinery().processes.map(({ name }) => name)).not.toContain('postgres-operator')
    const answer = await fetch(`${installation.installation().edgeOrigin}/healthz`)
    expect(answer.status).toBe(200)
    const open = await ask<{ role: string; database: string }>(
      `SELECT rolname::text AS role, datname::text AS database FROM pg_roles CROSS JOIN pg_database
       WHERE (rolname LIKE 'symbolon%' OR rolname LIKE 'front%' OR rolname ~ '^host_[abc]$')
         AND (datname = 'symbolon' OR datname LIKE 'front%' OR datname LIKE 'host%') AND has_database_privilege(rolname, datname, 'CONNECT')
       ORDER BY 1, 2`,
    )
    expect(open.map(({ role, database }) => `${role} ${database}`)).toEqual([
      ...['front_a', 'front_b', 'front_c', 'host_a', 'host_b', 'host_c'].map((name) => `${name} ${name}`),
      ...['edge', 'link', 'migrator', 'vault'].map((plane) => `symbolon_${plane} symbolon`),
    ])
  } finally {
    await installation.stop()
  }
})

test('passwords never reach the server as text', async () => {
  const stored = await ask<{ password: string }>(`SELECT rolpassword AS password FROM pg_authid WHERE rolname LIKE 'symbolon%'`)
  for (const { password } of stored) expect(password).toMatch(/^SCRAM-SHA-256\$4096:/u)
})

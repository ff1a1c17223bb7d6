import { randomBytes } from 'node:crypto'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isReachableByOthers, preparePrograms, startCluster } from '@symbolon/cli/postgres'
import { createDatabase, type DatabaseConfig } from '@symbolon/service/database'

/** A bare PostgreSQL 18 of one test file's own, in a temporary folder. Start it in beforeAll, stop it in afterAll. */
export type TestPostgres = {
  readonly pid: number
  /** How the administrator (a superuser) connects to a database; `postgres` always exists. */
  adminConfig(database: string): DatabaseConfig
  /** Makes a role that may log in, with a generated password, and answers how it connects to a database. */
  createRole(name: string): Promise<(database: string) => DatabaseConfig>
  /** Makes a database that only its owner (the administrator by default) may open. */
  createDatabase(name: string, owner?: string): Promise<void>
  stop(): Promise<void>
}

/** `settings` come on top of those of a throw-away server, which does not wait for its disk (a benchmark turns that on). */
export async function startTestPostgres(settings: Readonly<Record<string, string>> = {}): Promise<TestPostgres> {
  const folder = mkdtempSync(join(isReachableByOthers(tmpdir()) ? tmpdir() : '/tmp', 'symbolon-test-'))
  chmodSync(folder, 0o711)
  const cluster = await startCluster({
    programs: preparePrograms(join(folder, 'programs')),
    folder: join(folder, 'cluster'),
    passwordFile: join(folder, 'password'),
    log: () => undefined,
    settings: { fsync: 'off', shared_buffers: '32MB', max_connections: '60', ...settings },
    durable: false,
  })
  const administrator = createDatabase(cluster.adminConfig('postgres'))
  return {
    pid: cluster.pid,
    adminConfig: (database) => cluster.adminConfig(database),
    createRole: async (name) => {
      const password = randomBytes(18).toString('base64url')
      await administrator.query(`CREATE ROLE ${name} LOGIN PASSWORD '${password}'`)
      return (database) => ({ ...cluster.adminConfig(database), user: name, password })
    },
    createDatabase: async (name, owner) => {
      await administrator.query(`CREATE DATABASE ${name}${owner === undefined ? '' : ` OWNER ${owner}`}`)
      await administrator.query(`REVOKE CONNECT ON DATABASE ${name} FROM PUBLIC`)
    },
    stop: async () => {
      await administrator.close()
      await cluster.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

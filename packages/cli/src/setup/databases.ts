import { createDatabase, type Database, type DatabaseConfig } from '@symbolon/service/database'
import { ConfigurationError } from '@symbolon/service/config'
import { Fault } from '@symbolon/formats/result'
import { createScramVerifier } from './scram.ts'

export type DatabasePlan = {
  readonly database: string
  readonly owner: string
  /** Roles that may connect besides the owner. Nobody else may: CONNECT is taken from PUBLIC. */
  readonly guests: readonly string[]
}

export type ServerPlan = {
  readonly administrator: DatabaseConfig
  /** Marks the roles of this installation, so that it never takes over another one's. */
  readonly installationId: string
  readonly passwordByRole: ReadonlyMap<string, string>
  readonly databases: readonly DatabasePlan[]
  /** The whole server is this installation's: its maintenance databases are closed to the roles as well. */
  readonly isOwn: boolean
}

const oldestVersion = 150_000

/** Makes the roles and databases of a server, or confirms them. Passwords of roles are set to ours each time. */
export async function prepareServer(plan: ServerPlan): Promise<void> {
  const server = createDatabase({ ...plan.administrator, poolSize: 4 })
  try {
    await checkServer(server)
    await prepareRoles(server, plan)
    await Promise.all(plan.databases.map((wanted) => prepareDatabase(server, wanted)))
    if (plan.isOwn) await server.query('REVOKE ALL ON DATABASE postgres, template1 FROM PUBLIC')
  } finally {
    await server.close()
  }
}

/** Refuses a server that is too old, or an administrator who may not make roles and databases. */
export async function checkServer(server: Database): Promise<void> {
  const { rows } = await server
    .query<{ version: string; may: boolean }>(
      `SELECT current_setting('server_version_num') AS version, rolsuper OR (rolcreaterole AND rolcreatedb) AS may
       FROM pg_roles WHERE rolname = current_user`,
    )
    .catch((cause: unknown) => {
      if (cause instanceof Fault) throw new Fault('DATABASE_UNREACHABLE', { retry: 'later', cause })
      throw cause
    })
  const [first] = rows
  if (first === undefined || Number(first.version) < oldestVersion)
    throw new ConfigurationError('the PostgreSQL server is older than 15', '')
  if (!first.may) {
    throw new ConfigurationError('the database user must be able to make roles and databases: ALTER ROLE … CREATEROLE CREATEDB', '')
  }
}

async function prepareRoles(server: Database, plan: ServerPlan): Promise<void> {
  const { rows } = await server.query<{ name: string; mark: string | null }>(
    `SELECT rolname AS name, shobj_description(oid, 'pg_authid') AS mark FROM pg_roles WHERE rolname = ANY($1)`,
    [[...plan.passwordByRole.keys()]],
  )
  const mark = markOf(plan.installationId)
  // Before any password is changed: these roles may belong to somebody else's installation.
  if (rows.some((row) => row.mark !== mark)) throw strangerFound()
  const present = new Set(rows.map(({ name }) => name))
  for (const [name, password] of plan.passwordByRole) {
    const verifier = createScramVerifier(password)
    if (present.has(name)) await server.query(`ALTER ROLE ${name} PASSWORD '${verifier}'`)
    // One message is one transaction: a role never stays without its mark. The membership lets an administrator who is no
    // superuser make databases that the role owns.
    else
      await server.query(
        `CREATE ROLE ${name} LOGIN PASSWORD '${verifier}'; COMMENT ON ROLE ${name} IS '${mark}'; GRANT ${name} TO CURRENT_USER`,
      )
  }
}

async function prepareDatabase(server: Database, { database, owner, guests }: DatabasePlan): Promise<void> {
  const { rows } = await server.query<{ owner: string }>('SELECT datdba::regrole::text AS owner FROM pg_database WHERE datname = $1', [
    database,
  ])
  const [found] = rows
  if (found === undefined) await server.query(`CREATE DATABASE ${database} OWNER ${owner} TEMPLATE template0 ENCODING 'UTF8'`)
  else if (found.owner !== owner) throw strangerFound()
  await server.query(`REVOKE ALL ON DATABASE ${database} FROM PUBLIC`)
  if (guests.length > 0) await server.query(`GRANT CONNECT ON DATABASE ${database} TO ${guests.join(', ')}`)
}

function markOf(installationId: string): string {
  return `symbolon installation ${installationId}`
}

function strangerFound(): ConfigurationError {
  return new ConfigurationError('this PostgreSQL server holds roles or databases of another Symbolon installation; use another server', '')
}

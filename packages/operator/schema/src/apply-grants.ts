import { Fault } from '@symbolon/formats/result'
import type { Database, Queries } from '@symbolon/service/database'
import { planeRoles, planeSchemas, tableGrants, type TableGrant } from './grants.ts'

const schemas = Object.values(planeSchemas)
const kinds = ['TABLES', 'SEQUENCES', 'ROUTINES'] as const

/**
 * Takes every privilege away and gives exactly those of the grants table, in one commit: at no moment does a plane hold more.
 * Run by the owner of the database; running it again changes nothing.
 */
export async function applyGrants(database: Database): Promise<{ readonly grants: number }> {
  await assertPlainRoles(database)
  return database.transaction(async (queries) => {
    const { rows } = await queries.query<{ name: string }>('SELECT quote_ident(current_database()) AS name')
    const name = rows[0]?.name ?? ''
    await revokeEverything(queries, name)
    for (const role of planeRoles) {
      await queries.query(`GRANT CONNECT ON DATABASE ${name} TO ${role}`)
      await queries.query(`GRANT USAGE ON SCHEMA ${planeSchemas[role]} TO ${role}`)
    }
    for (const grant of tableGrants) await queries.query(writeGrant(grant))
    return { grants: tableGrants.length }
  })
}

/** One statement that gives a row of the table. Names come from constants of this package, never from outside. */
export function writeGrant({ role, schema, table, privileges, updateColumns }: TableGrant): string {
  const update = updateColumns.length === 0 ? [] : [`UPDATE (${updateColumns.join(', ')})`]
  return `GRANT ${[...privileges, ...update].join(', ')} ON ${schema}.${table} TO ${role}`
}

// A superuser, or a member of another role, could do what no grant shows.
async function assertPlainRoles(database: Database): Promise<void> {
  const { rows } = await database.query<{ count: bigint }>(
    `SELECT count(*) AS count FROM pg_roles role
     WHERE rolname = ANY($1) AND NOT (rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls)
       AND NOT EXISTS (SELECT 1 FROM pg_auth_members member WHERE member.member = role.oid)`,
    [planeRoles],
  )
  if (rows[0]?.count !== BigInt(planeRoles.length)) throw new Fault('SCHEMA_ROLES_UNSUITABLE', { retry: 'never' })
}

// From everybody who was ever given something, not only from those whom we know.
async function revokeEverything(queries: Queries, database: string): Promise<void> {
  const others = await listGrantees(queries)
  const grantees = ['PUBLIC', ...planeRoles, ...others].join(', ')
  await queries.query(`REVOKE ALL ON DATABASE ${database} FROM PUBLIC, ${planeRoles.join(', ')}`)
  await queries.query(`REVOKE ALL ON SCHEMA public FROM PUBLIC, ${planeRoles.join(', ')}`)
  for (const schema of schemas) {
    await queries.query(`REVOKE ALL ON SCHEMA ${schema} FROM ${grantees} CASCADE`)
    for (const kind of kinds) await queries.query(`REVOKE ALL ON ALL ${kind} IN SCHEMA ${schema} FROM ${grantees} CASCADE`)
  }
}

async function listGrantees(queries: Queries): Promise<readonly string[]> {
  const { rows } = await queries.query<{ grantee: string }>(
    `WITH acls AS (
       SELECT nspowner AS owner, nspacl AS acl FROM pg_namespace WHERE nspname = ANY($1)
       UNION ALL
       SELECT relowner, relacl FROM pg_class JOIN pg_namespace space ON space.oid = relnamespace WHERE nspname = ANY($1)
       UNION ALL
       SELECT relowner, attacl FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
         JOIN pg_namespace space ON space.oid = relnamespace WHERE nspname = ANY($1)
       UNION ALL
       SELECT proowner, proacl FROM pg_proc JOIN pg_namespace space ON space.oid = pronamespace WHERE nspname = ANY($1)
     )
     SELECT DISTINCT quote_ident(rolname) AS grantee
     FROM acls, aclexplode(acl) AS item JOIN pg_roles ON pg_roles.oid = item.grantee
     WHERE item.grantee <> owner AND rolname <> ALL($2)`,
    [schemas, planeRoles],
  )
  return rows.map((row) => row.grantee)
}

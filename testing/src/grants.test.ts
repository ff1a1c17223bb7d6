import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { appendOnlyTables, planeRoles, planeSchemas, tableGrants } from '@symbolon/operator-schema/grants'
import { createDatabase, type Database } from '@symbolon/service/database'
import { startOperatorSchema, type TestOperatorSchema } from './operator-schema.ts'

let schema: TestOperatorSchema
let administrator: Database
beforeAll(async () => {
  schema = await startOperatorSchema()
  administrator = createDatabase({ ...schema.administrator, poolSize: 2 })
})
afterAll(async () => {
  await administrator.close()
  await schema.stop()
})

const tablePrivileges = ['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']
const columnPrivileges = ['SELECT', 'INSERT', 'UPDATE', 'REFERENCES']

/** Every privilege that the specification gives, one line each: on a whole table, or on one column. */
function listSpecified(columnsByTable: ReadonlyMap<string, readonly string[]>): readonly string[] {
  return tableGrants.flatMap(({ role, schema: space, table, privileges, updateColumns }) => {
    const name = `${space}.${table}`
    const onColumns = (columnsByTable.get(name) ?? []).flatMap((column) => [
      ...privileges
        .filter((privilege) => columnPrivileges.includes(privilege))
        .map((privilege) => `${role} ${privilege} ${name}(${column})`),
      ...(updateColumns.includes(column) ? [`${role} UPDATE ${name}(${column})`] : []),
    ])
    return [...privileges.map((privilege) => `${role} ${privilege} ${name}`), ...onColumns]
  })
}

/** Every privilege that the server says a role has, over every relation outside the server's own catalogue. */
async function listGranted(roles: readonly string[]): Promise<readonly string[]> {
  const onTables = await administrator.query<{ line: string }>(
    `SELECT role || ' ' || privilege || ' ' || nspname || '.' || relname AS line
     FROM pg_class JOIN pg_namespace space ON space.oid = relnamespace, unnest($1::text[]) AS role, unnest($2::text[]) AS privilege
     WHERE relkind IN ('r', 'p', 'v', 'm', 'f') AND nspname NOT IN ('pg_catalog', 'information_schema') AND nspname NOT LIKE 'pg_toast%'
       AND has_table_privilege(role, pg_class.oid, privilege)`,
    [roles, tablePrivileges],
  )
  const onColumns = await administrator.query<{ line: string }>(
    `SELECT role || ' ' || privilege || ' ' || nspname || '.' || relname || '(' || attname || ')' AS line
     FROM pg_class JOIN pg_namespace space ON space.oid = relnamespace JOIN pg_attribute ON attrelid = pg_class.oid,
       unnest($1::text[]) AS role, unnest($2::text[]) AS privilege
     WHERE relkind IN ('r', 'p', 'v', 'm', 'f') AND nspname NOT IN ('pg_catalog', 'information_schema') AND nspname NOT LIKE 'pg_toast%'
       AND attnum > 0 AND NOT attisdropped AND has_column_privilege(role, pg_class.oid, attnum, privilege)`,
    [roles, columnPrivileges],
  )
  return [...onTables.rows, ...onColumns.rows].map((row) => row.line).toSorted()
}

async function listColumns(): Promise<ReadonlyMap<string, readonly string[]>> {
  const { rows } = await administrator.query<{ name: string; columns: string[] }>(
    `SELECT table_schema || '.' || table_name AS name, array_agg(column_name::text) AS columns
     FROM information_schema.columns WHERE table_schema = ANY($1) GROUP BY 1`,
    [Object.values(planeSchemas)],
  )
  return new Map(rows.map((row) => [row.name, row.columns]))
}

describe('the grants table and the catalogue', () => {
  test('name the same privileges, in both directions, for every role and every table', async () => {
    const specified = listSpecified(await listColumns()).toSorted()
    expect(await listGranted(planeRoles)).toEqual(specified)
    expect(specified.length).toBeGreaterThan(100)
  })

  test('name no table or column that does not exist', async () => {
    const columnsByTable = await listColumns()
    for (const { schema: space, table, updateColumns } of tableGrants) {
      expect(columnsByTable.get(`${space}.${table}`)).toEqual(expect.arrayContaining([...updateColumns]))
    }
  })

  test('give nothing to PUBLIC, nor to any role but the owner and the planes', async () => {
    const { rows } = await administrator.query<{ line: string }>(
      `SELECT coalesce(rolname, 'PUBLIC') || ' ' || privilege_type || ' ' || relname AS line
       FROM pg_class JOIN pg_namespace space ON space.oid = relnamespace, aclexplode(relacl) AS item LEFT JOIN pg_roles ON pg_roles.oid = grantee
       WHERE nspname = ANY($1) AND grantee <> relowner AND (rolname IS NULL OR rolname <> ALL($2))`,
      [Object.values(planeSchemas), planeRoles],
    )
    expect(rows).toEqual([])
  })

  test('show a privilege that was given besides, and the schema program takes it away', async () => {
    const before = await listGranted(planeRoles)
    await administrator.query('GRANT SELECT ON vault.wallets TO symbolon_edge')
    await administrator.query('GRANT UPDATE (amount_minor_units) ON edge.transfers TO symbolon_edge')
    await administrator.query('GRANT SELECT ON edge.tokens TO PUBLIC')
    const planted = (await listGranted(planeRoles)).filter((line) => !before.includes(line))
    expect(planted).toEqual(
      expect.arrayContaining([
        'symbolon_edge SELECT vault.wallets',
        'symbolon_edge UPDATE edge.transfers(amount_minor_units)',
        'symbolon_link SELECT edge.tokens',
      ]),
    )
    const again = schema.apply()
    expect(again.exitCode).toBe(0)
    expect(again.stdout).toContain('"applied":[]')
    expect(await listGranted(planeRoles)).toEqual(before)
  })
})

describe('around the tables', () => {
  test('a role may connect and use its own schema, and create nothing anywhere', async () => {
    const { rows } = await administrator.query<{ line: string }>(
      `SELECT role || ' ' || privilege || ' database' AS line FROM unnest($1::text[]) AS role, unnest('{CONNECT,CREATE,TEMPORARY}'::text[]) AS privilege
       WHERE has_database_privilege(role, current_database(), privilege)
       UNION ALL
       SELECT role || ' ' || privilege || ' ' || nspname FROM pg_namespace, unnest($1::text[]) AS role, unnest('{CREATE,USAGE}'::text[]) AS privilege
       WHERE nspname NOT IN ('pg_catalog', 'information_schema') AND nspname NOT LIKE 'pg_toast%' AND has_schema_privilege(role, pg_namespace.oid, privilege)`,
      [planeRoles],
    )
    expect(rows.map((row) => row.line).toSorted()).toEqual(
      planeRoles.flatMap((role) => [`${role} CONNECT database`, `${role} USAGE ${planeSchemas[role]}`]).toSorted(),
    )
  })

  test('somebody who is not named may not even connect', async () => {
    const stranger = await schema.postgres.createRole('stranger')
    await expect(attempt(stranger('symbolon'), 'SELECT 1')).rejects.toMatchObject({ code: '42501' })
  })

  test('no plane owns anything, is an administrator, or is a member of another role', async () => {
    const { rows } = await administrator.query(
      `SELECT rolname FROM pg_roles role WHERE rolname = ANY($1) AND (rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls
         OR EXISTS (SELECT 1 FROM pg_auth_members WHERE member = role.oid) OR EXISTS (SELECT 1 FROM pg_class WHERE relowner = role.oid))`,
      [planeRoles],
    )
    expect(rows).toEqual([])
  })

  test('the schema program refuses a plane that is a member of another role', async () => {
    await administrator.query('GRANT pg_read_all_data TO symbolon_link')
    try {
      const refused = schema.apply()
      expect(refused.exitCode).toBe(1)
      expect(refused.stderr).toContain('member of another role')
    } finally {
      await administrator.query('REVOKE pg_read_all_data FROM symbolon_link')
    }
    expect(schema.apply().exitCode).toBe(0)
  })

  test('nothing that the specification excludes exists: sequences, triggers of ours, functions, deferrable constraints', async () => {
    const { rows } = await administrator.query(
      `SELECT 'sequence' AS found FROM pg_class JOIN pg_namespace space ON space.oid = relnamespace WHERE relkind = 'S' AND nspname = ANY($1)
       UNION ALL SELECT 'trigger' FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid JOIN pg_namespace space ON space.oid = relnamespace
         WHERE NOT tgisinternal AND nspname = ANY($1)
       UNION ALL SELECT 'function' FROM pg_proc JOIN pg_namespace space ON space.oid = pronamespace WHERE nspname = ANY($1)
       UNION ALL SELECT 'deferrable' FROM pg_constraint JOIN pg_namespace space ON space.oid = connamespace WHERE condeferrable AND nspname = ANY($1)`,
      [Object.values(planeSchemas)],
    )
    expect(rows).toEqual([])
  })
})

describe('what a role really meets', () => {
  test('every table of another plane refuses every statement', async () => {
    const tables = [...(await listColumns()).keys()]
    for (const role of planeRoles) {
      for (const table of tables.filter((name) => !name.startsWith(`${planeSchemas[role]}.`))) {
        for (const statement of [`SELECT 1 FROM ${table}`, `DELETE FROM ${table}`, `TRUNCATE ${table}`]) {
          await expect(attempt(schema.config(role), statement), `${role}: ${statement}`).rejects.toMatchObject({ code: '42501' })
        }
      }
    }
  })

  test.each(appendOnlyTables)('%s takes rows and gives none back', async (table) => {
    const role = planeRoles.find((name) => table.startsWith(`${planeSchemas[name]}.`))
    if (role === undefined) throw new Error('an append-only table belongs to a plane')
    const [column] = (await listColumns()).get(table) ?? []
    for (const statement of [`UPDATE ${table} SET ${column} = ${column}`, `DELETE FROM ${table}`, `TRUNCATE ${table}`]) {
      await expect(attempt(schema.config(role), statement), statement).rejects.toMatchObject({ code: '42501' })
    }
    await expect(attempt(schema.config(role), `SELECT count(*) FROM ${table}`)).resolves.toBeUndefined()
  })

  test.each([
    ['an amount cannot be changed', 'UPDATE edge.payments SET amount_minor_units = 1'],
    ['a signed request cannot be changed', "UPDATE edge.payments SET request = ''"],
    ['a payment cannot be removed', 'DELETE FROM edge.payments'],
    ['a stored answer cannot be changed', "UPDATE edge.idempotency_keys SET body = ''"],
    ['the list of migrations is not readable', 'SELECT 1 FROM edge.migrations'],
    ['no table can be made', 'CREATE TABLE edge.mine (a integer)'],
    ['no table can be made in public', 'CREATE TABLE public.mine (a integer)'],
    ['no temporary table can be made', 'CREATE TEMPORARY TABLE mine (a integer)'],
    ['no schema can be made', 'CREATE SCHEMA mine'],
    ['no role can be taken', 'SET ROLE symbolon_vault'],
    ['no file can be read', "COPY edge.tokens FROM '/etc/hostname'"],
    ['no program can be run', "COPY (SELECT 1) TO PROGRAM 'true'"],
  ])('%s', async (_name, statement) => {
    await expect(attempt(schema.config('symbolon_edge'), statement)).rejects.toMatchObject({ code: '42501' })
  })
})

async function attempt(config: TestOperatorSchema['owner'], statement: string): Promise<void> {
  const database = createDatabase({ ...config, poolSize: 1 })
  try {
    await database.query(statement)
  } finally {
    await database.close()
  }
}

import pg from 'pg'
import { Type, type Static } from 'typebox'
import { Fault } from '@symbolon/formats/result'

export const databaseConfigSchema = Type.Object(
  {
    host: Type.String({ description: 'a host name, or the folder of a unix socket' }),
    port: Type.Integer({ minimum: 1, maximum: 65_535 }),
    database: Type.String(),
    user: Type.String(),
    password: Type.String(),
    poolSize: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
  },
  { additionalProperties: false },
)
export type DatabaseConfig = Static<typeof databaseConfigSchema>

/** One connection's questions. bigint columns arrive as bigint, bytea as bytes. */
export type Queries = {
  query<Row extends pg.QueryResultRow>(
    text: string,
    values?: readonly unknown[],
    /** Prepares the statement under this name, once a connection; the text of a name never changes. */
    name?: string,
  ): Promise<{ readonly rows: readonly Row[]; readonly count: number }>
}

export type Database = Queries & {
  /** Runs in one transaction, durable once it resolves; run again from the start on a serialization failure (40001, 40P01). */
  transaction<Value>(work: (queries: Queries) => Promise<Value>): Promise<Value>
  close(): Promise<void>
}

const attempts = 5
const types = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') =>
    oid === 20 && format !== 'binary' ? BigInt : pg.types.getTypeParser(oid, format),
}

export function createDatabase(config: DatabaseConfig): Database {
  const pool = new pg.Pool({
    host: config.host,
    port: config.port,
    database: config.database,
    user: config.user,
    password: config.password,
    max: config.poolSize ?? 8,
    connectionTimeoutMillis: 5_000,
    statement_timeout: 15_000,
    types,
  })
  // A connection that dies while idle is replaced at the next query; without a listener it would end the process.
  pool.on('error', () => undefined)
  return {
    ...queriesOn(pool),
    transaction: (work) => transaction(pool, work),
    close: () => pool.end(),
  }
}

function queriesOn(connection: pg.Pool | pg.PoolClient): Queries {
  return {
    query: async (text, values = [], name) => {
      try {
        const result = await connection.query({ text, values: [...values], ...(name === undefined ? {} : { name }) })
        return { rows: result.rows, count: result.rowCount ?? 0 }
      } catch (cause) {
        throw toFault(cause)
      }
    },
  }
}

async function transaction<Value>(pool: pg.Pool, work: (queries: Queries) => Promise<Value>): Promise<Value> {
  for (let attempt = 1; ; attempt += 1) {
    const client = await pool.connect().catch((cause: unknown) => {
      throw new Fault('SERVICE_FAULT', { retry: 'later', cause })
    })
    let broken = false
    try {
      await client.query('BEGIN')
      const value = await work(queriesOn(client))
      await client.query('COMMIT')
      return value
    } catch (error) {
      await client.query('ROLLBACK').catch(() => (broken = true))
      if (!isSerializationFailure(error) || attempt >= attempts) throw error
    } finally {
      client.release(broken)
    }
  }
}

/** Constraint violations keep their SQLSTATE as the code, so that an adapter can tell them; the rest is a fault of the world. */
function toFault(cause: unknown): unknown {
  if (sqlState(cause) !== undefined && /^(23|40|42|22)/u.test(sqlState(cause) ?? '')) return cause
  return new Fault('SERVICE_FAULT', { retry: 'later', cause })
}

function isSerializationFailure(error: unknown): boolean {
  return ['40001', '40P01'].includes(sqlState(error) ?? '')
}

function sqlState(error: unknown): string | undefined {
  return typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}

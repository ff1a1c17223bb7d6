import type { SuspensionCause } from '@symbolon/contracts/issuer-link'
import type { Database, Queries } from '@symbolon/service/database'
import type { TokenStore } from '../flows/stores.ts'
import type { WalletToken } from '../rules/token.ts'
import { readId, readNetwork } from './rows.ts'

type TokenRow = {
  readonly wallet_id: string
  readonly token_reference_id: string
  readonly issuer_id: string
  readonly network: string
  readonly last_four: string
  readonly state: WalletToken['state']
  readonly created_at: bigint
}
const tokenColumns = 'wallet_id, token_reference_id, issuer_id, network, last_four, state, created_at'

/** Cards and the wallets they pay in, in the schema `edge`. */
export function createPostgresTokenStore(database: Database): TokenStore {
  return {
    find: (key) => find(database, key),
    register: (token, grantNumber) => database.transaction((queries) => register(queries, token, grantNumber)),
    suspendAll: async (walletId, cause) => {
      await database.query(
        `UPDATE edge.tokens SET state = 'suspended', suspension_cause = $2, suspension_told = false WHERE wallet_id = $1 AND state = 'active'`,
        [walletId, cause],
      )
    },
    listUntold: async (limit) => {
      const { rows } = await database.query<TokenRow & { readonly suspension_cause: SuspensionCause }>(
        `SELECT ${tokenColumns}, suspension_cause FROM edge.tokens WHERE NOT suspension_told AND suspension_cause IS NOT NULL LIMIT $1`,
        [limit],
      )
      return rows.map((row) => ({ ...readToken(row), cause: row.suspension_cause }))
    },
    markTold: async ({ walletId, tokenReferenceId }) => {
      await database.query('UPDATE edge.tokens SET suspension_told = true WHERE wallet_id = $1 AND token_reference_id = $2', [
        walletId,
        tokenReferenceId,
      ])
    },
  }
}

async function find(queries: Queries, { walletId, tokenReferenceId }: Parameters<TokenStore['find']>[0]): Promise<WalletToken | undefined> {
  const { rows } = await queries.query<TokenRow>(
    `SELECT ${tokenColumns} FROM edge.tokens WHERE wallet_id = $1 AND token_reference_id = $2`,
    [walletId, tokenReferenceId],
  )
  const [row] = rows
  return row && readToken(row)
}

// The row of token_grants is the lock: of two registrations of one token the second sees the first one's number.
async function register(queries: Queries, token: WalletToken, grantNumber: number): Promise<WalletToken | undefined> {
  const { walletId, tokenReferenceId, issuerId } = token
  const { count } = await queries.query(
    `INSERT INTO edge.token_grants AS known (token_reference_id, issuer_id, wallet_id, grant_number) VALUES ($1, $2, $3, $4)
     ON CONFLICT (token_reference_id) DO UPDATE SET wallet_id = excluded.wallet_id, grant_number = excluded.grant_number
     WHERE known.issuer_id = excluded.issuer_id AND known.grant_number < excluded.grant_number`,
    [tokenReferenceId, issuerId, walletId, grantNumber],
  )
  if (count === 0) return (await isKnownGrant(queries, token, grantNumber)) ? find(queries, token) : undefined
  await queries.query("UPDATE edge.tokens SET state = 'moved' WHERE token_reference_id = $1 AND wallet_id <> $2", [
    tokenReferenceId,
    walletId,
  ])
  await queries.query(
    `INSERT INTO edge.tokens (${tokenColumns}) VALUES ($1, $2, $3, $4, $5, $6, $7)
     ON CONFLICT (wallet_id, token_reference_id) DO UPDATE SET state = excluded.state, suspension_cause = NULL, suspension_told = true`,
    [walletId, tokenReferenceId, issuerId, token.network, token.lastFour, token.state, token.createdAt],
  )
  return find(queries, token)
}

async function isKnownGrant(queries: Queries, token: WalletToken, grantNumber: number): Promise<boolean> {
  const { rows } = await queries.query<{ known: boolean }>(
    `SELECT issuer_id = $2 AND wallet_id = $3 AND grant_number = $4 AS known FROM edge.token_grants WHERE token_reference_id = $1`,
    [token.tokenReferenceId, token.issuerId, token.walletId, grantNumber],
  )
  return rows[0]?.known === true
}

function readToken(row: TokenRow): WalletToken {
  return {
    walletId: readId(row.wallet_id),
    tokenReferenceId: readId(row.token_reference_id),
    issuerId: readId(row.issuer_id),
    network: readNetwork(row.network),
    lastFour: row.last_four,
    state: row.state,
    createdAt: Number(row.created_at),
  }
}

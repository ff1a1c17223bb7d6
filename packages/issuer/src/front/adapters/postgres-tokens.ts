import type { Queries } from '@symbolon/service/database'
import type { StoredToken } from '../flows/authorization-store.ts'
import type { TokenStore } from '../flows/change-token-state.ts'
import type { TokenState } from '../rules/token.ts'

type Row = {
  readonly token_reference_id: Uint8Array
  readonly wallet_id: Uint8Array
  readonly state: TokenState
  readonly token_expiry: string
  readonly channels: readonly number[]
  readonly device_key_kind: number
  readonly joint_public_key: Uint8Array
  readonly device_key: Uint8Array
  readonly account_key: Uint8Array
  readonly sealed_account: Uint8Array
  readonly expiry: string
}

export async function findToken(queries: Queries, tokenReferenceId: Uint8Array): Promise<StoredToken | undefined> {
  const { rows } = await queries.query<Row>(
    `SELECT t.*, c.sealed_account, c.expiry FROM front.tokens t JOIN front.accounts c ON c.account_key = t.account_key
     WHERE t.token_reference_id = $1`,
    [tokenReferenceId],
  )
  const row = rows[0]
  if (row === undefined) return undefined
  return {
    tokenReferenceId: row.token_reference_id,
    walletId: row.wallet_id,
    state: row.state,
    tokenExpiry: row.token_expiry,
    cardExpiry: row.expiry,
    channels: row.channels,
    deviceKeyKind: row.device_key_kind,
    jointPublicKey: row.joint_public_key,
    deviceKey: row.device_key,
    accountKey: row.account_key,
    sealedAccount: row.sealed_account,
  }
}

export function createPostgresTokenStore(queries: Queries): TokenStore {
  return {
    findState: async (tokenReferenceId) => (await findToken(queries, tokenReferenceId))?.state,
    changeState: async (tokenReferenceId, from, to) => {
      const { count } = await queries.query('UPDATE front.tokens SET state = $3 WHERE token_reference_id = $1 AND state = $2', [
        tokenReferenceId,
        from,
        to,
      ])
      return count === 1
    },
  }
}

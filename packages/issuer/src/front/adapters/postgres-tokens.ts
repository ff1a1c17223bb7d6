import type { TokenEventKind } from '@symbolon/contracts/rebind-api'
import type { KeyProtection } from '@symbolon/contracts/key-protection'
import type { Database, Queries } from '@symbolon/service/database'
import type { StoredToken } from '../flows/authorization-store.ts'
import type { TokenStore } from '../flows/change-token-state.ts'
import type { TokenState } from '../rules/token.ts'
import { appendTokenEvent } from './postgres-token-events.ts'

type Row = {
  readonly token_reference_id: Uint8Array
  readonly wallet_id: Uint8Array
  readonly state: TokenState
  readonly token_expiry: string
  readonly channels: readonly number[]
  readonly operator_id: Uint8Array
  readonly device_key_kind: number
  readonly key_protection: KeyProtection
  readonly joint_public_key: Uint8Array
  readonly device_key: Uint8Array
  readonly account_key: Uint8Array
  readonly sealed_account: Uint8Array
  readonly expiry: string
  readonly limited_until: bigint | null
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
    limitedUntil: row.limited_until === null ? undefined : Number(row.limited_until),
    cardExpiry: row.expiry,
    channels: row.channels,
    deviceKeyKind: row.device_key_kind,
    keyProtection: row.key_protection,
    operatorId: row.operator_id,
    jointPublicKey: row.joint_public_key,
    deviceKey: row.device_key,
    accountKey: row.account_key,
    sealedAccount: row.sealed_account,
  }
}

/** Tokens as the issuer's own staff changes them: its suspensions outlast a customer's new wallet. */
export function createPostgresTokenStore(database: Database, now: () => number): TokenStore {
  return {
    findState: async (tokenReferenceId) => (await findToken(database, tokenReferenceId))?.state,
    changeState: (tokenReferenceId, from, to) =>
      database.transaction(async (queries) => {
        const { rows } = await queries.query<{ wallet_id: Uint8Array }>(
          `UPDATE front.tokens SET state = $3, suspended_by = CASE WHEN $3 = 'suspended' THEN 'office' END, suspension_cause = NULL
           WHERE token_reference_id = $1 AND state = $2 RETURNING wallet_id`,
          [tokenReferenceId, from, to],
        )
        if (rows[0] === undefined) return false
        const kind = eventByState[to]
        if (kind !== undefined)
          await appendTokenEvent(queries, now(), { tokenReferenceId, walletId: rows[0].wallet_id, kind, cause: 'office' })
        return true
      }),
  }
}

const eventByState: Readonly<Partial<Record<TokenState, TokenEventKind>>> = {
  suspended: 'suspended',
  active: 'resumed',
  deleted: 'deleted',
}

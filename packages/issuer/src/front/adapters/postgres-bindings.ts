import { assert } from '@symbolon/formats/result'
import type { Database, Queries } from '@symbolon/service/database'
import type { Account, BindingStore, Rebinding } from '../flows/rebind-store.ts'
import type { AttestationLevel, KeyProtection } from '@symbolon/contracts/key-protection'
import type { RebindProof } from '@symbolon/contracts/rebind-api'
import type { SuspensionCause } from '@symbolon/contracts/issuer-link'
import type { BoundToken, Suspension } from '../rules/rebind.ts'
import type { TokenState } from '../rules/token.ts'
import { appendTokenEvent, readTokenEvents } from './postgres-token-events.ts'

type Row = {
  readonly token_reference_id: Uint8Array
  readonly wallet_id: Uint8Array
  readonly operator_id: Uint8Array
  readonly state: TokenState
  readonly suspended_by: Suspension['by'] | null
  readonly suspension_cause: SuspensionCause | null
  readonly binding_number: bigint
  readonly bound_at: bigint
  readonly device_key_kind: number
  readonly device_key: Uint8Array
  readonly network: string
  readonly last_four: string
}
const columns = `t.token_reference_id, t.wallet_id, t.operator_id, t.state, t.suspended_by, t.suspension_cause, t.binding_number, t.bound_at,
  t.device_key_kind, t.device_key, c.network, c.last_four`
const source = 'front.tokens t JOIN front.accounts c ON c.account_key = t.account_key'

/** Which wallet each token is bound to, in the front's own database. */
export function createPostgresBindingStore(database: Database): BindingStore {
  return {
    findToken: async (tokenReferenceId) => (await findBoundTokens(database, [tokenReferenceId]))[0],
    findOthers: async (accountKey, walletId) => {
      const { rows } = await database.query<Row>(
        `SELECT ${columns} FROM ${source} WHERE t.account_key = $1 AND t.wallet_id <> $2 AND t.state <> 'deleted' ORDER BY t.bound_at DESC LIMIT 20`,
        [accountKey, walletId],
      )
      return rows.map(toBoundToken)
    },
    findAccount: (capability, now) => findAccount(database, capability, now),
    suspendForOperator: ({ token, cause, now }) =>
      database.transaction(async (queries) => {
        const { count } = await queries.query(
          `UPDATE front.tokens SET state = 'suspended', suspended_by = 'operator', suspension_cause = $3
           WHERE token_reference_id = $1 AND binding_number = $2 AND state = 'active'`,
          [token.tokenReferenceId, token.bindingNumber, cause],
        )
        if (count === 1) await appendTokenEvent(queries, now, { ...token, kind: 'suspended', cause })
      }),
    changeByCustomer: (token, to, now) => database.transaction((queries) => changeByCustomer(queries, token, { to, now })),
    events: (after, limit) => readTokenEvents(database, after, limit),
  }
}

export async function findBoundTokens(queries: Queries, tokenReferenceIds: readonly Uint8Array[]): Promise<readonly BoundToken[]> {
  const { rows } = await queries.query<Row>(`SELECT ${columns} FROM ${source} WHERE t.token_reference_id = ANY($1)`, [
    [...tokenReferenceIds],
  ])
  return rows.map(toBoundToken)
}

/** The new keys of a token, and what stands for them. */
export type NewBinding = {
  readonly walletId: Uint8Array
  readonly jointPublicKey: Uint8Array
  readonly deviceKeyKind: number
  readonly deviceKey: Uint8Array
  readonly keyProtection: KeyProtection
  readonly attestation: AttestationLevel
  readonly signCount: number
  readonly proof: RebindProof
  readonly limitedUntil: number | undefined
  readonly now: number
}

/** Binds a token to another wallet. False when it is not the binding any more that the person was asked about. */
export async function rebindToken(queries: Queries, { grant, bindingNumber }: Rebinding, binding: NewBinding): Promise<boolean> {
  const { count } = await queries.query(
    `UPDATE front.tokens SET wallet_id = $3, joint_public_key = $4, device_key_kind = $5, device_key = $6, limited_until = $7, bound_at = $8,
       key_protection = $9, attestation = $10, sign_count = $11, binding_number = $2, state = 'active', suspended_by = NULL, suspension_cause = NULL
     WHERE token_reference_id = $1 AND binding_number = $2 - 1 AND state <> 'deleted' AND suspended_by IS DISTINCT FROM 'office'`,
    [
      grant.tokenReferenceId,
      bindingNumber,
      binding.walletId,
      binding.jointPublicKey,
      binding.deviceKeyKind,
      binding.deviceKey,
      binding.limitedUntil ?? null,
      binding.now,
      binding.keyProtection,
      binding.attestation,
      binding.signCount,
    ],
  )
  if (count === 0) return false
  await appendTokenEvent(queries, binding.now, {
    tokenReferenceId: grant.tokenReferenceId,
    walletId: binding.walletId,
    kind: 'rebound',
    cause: binding.proof,
  })
  return true
}

type CustomerChange = { readonly to: 'suspended' | 'active'; readonly now: number }

async function changeByCustomer(queries: Queries, token: BoundToken, { to, now }: CustomerChange): Promise<boolean> {
  const statement =
    to === 'suspended'
      ? `UPDATE front.tokens SET state = 'suspended', suspended_by = 'customer'
         WHERE token_reference_id = $1 AND binding_number = $2 AND state = 'active'`
      : `UPDATE front.tokens SET state = 'active', suspended_by = NULL, suspension_cause = NULL
         WHERE token_reference_id = $1 AND binding_number = $2 AND state = 'suspended' AND suspended_by <> 'office'`
  const { count } = await queries.query(statement, [token.tokenReferenceId, token.bindingNumber])
  if (count === 0) return false
  await appendTokenEvent(queries, now, { ...token, kind: to === 'suspended' ? 'suspended' : 'resumed', cause: 'customer' })
  return true
}

async function findAccount(queries: Queries, capability: Uint8Array, now: number): Promise<Account | undefined> {
  const { rows: accounts } = await queries.query<{ account_key: Uint8Array }>(
    `SELECT DISTINCT t.account_key FROM front.tokens t WHERE t.token_reference_id IN (
       SELECT e.token_reference_id FROM front.enrolments e WHERE e.enrolment_id = $1 AND e.state = 'active'
       UNION SELECT r.token_reference_id FROM front.rebind_tokens r JOIN front.rebinds b USING (rebind_id)
         WHERE b.rebind_id = $1 AND b.state = 'active') LIMIT 8`,
    [capability],
  )
  if (accounts.length === 0) return undefined
  const keys = accounts.map((row) => row.account_key)
  const tokens = await queries.query<Row>(
    `SELECT ${columns} FROM ${source} WHERE t.account_key = ANY($1) AND t.state <> 'deleted' ORDER BY t.bound_at DESC LIMIT 20`,
    [keys],
  )
  const requests = await queries.query<{ kind: 'enrolment' | 'rebind'; id: Uint8Array; created_at: bigint }>(
    `SELECT 'enrolment' AS kind, enrolment_id AS id, created_at FROM front.enrolments
       WHERE account_key = ANY($1) AND state = 'awaiting_approval' AND expires_at > $2
     UNION SELECT 'rebind', b.rebind_id, b.created_at FROM front.rebinds b JOIN front.rebind_tokens r USING (rebind_id)
       JOIN front.tokens t USING (token_reference_id)
       WHERE t.account_key = ANY($1) AND b.state = 'awaiting_approval' AND b.expires_at > $2
     ORDER BY created_at LIMIT 20`,
    [keys, now],
  )
  return {
    tokens: tokens.rows.map(toBoundToken),
    requests: requests.rows.map(({ kind, id, created_at: createdAt }) => ({ kind, id, createdAt: Number(createdAt) })),
  }
}

function toBoundToken(row: Row): BoundToken {
  return {
    tokenReferenceId: row.token_reference_id,
    walletId: row.wallet_id,
    operatorId: row.operator_id,
    state: row.state,
    suspension: toSuspension(row),
    bindingNumber: Number(row.binding_number),
    boundAt: Number(row.bound_at),
    deviceKeyKind: row.device_key_kind,
    deviceKey: row.device_key,
    network: row.network,
    lastFour: row.last_four,
  }
}

function toSuspension({ suspended_by: by, suspension_cause: cause }: Row): Suspension | undefined {
  if (by === null) return undefined
  if (by !== 'operator') return { by }
  assert(cause !== null, 'what the operator suspends has a cause')
  return { by, cause }
}

import { assert } from '@symbolon/formats/result'
import type { Database, Queries } from '@symbolon/service/database'
import type { Grant } from '../flows/enrolment-store.ts'
import type { RebindApproval, RebindRecord, RebindStore, RebindSubmission } from '../flows/rebind-store.ts'
import { Overtaken, unlessOvertaken } from './overtaken.ts'
import { findBoundTokens, rebindToken } from './postgres-bindings.ts'

type Row = {
  readonly rebind_id: Uint8Array
  readonly wallet_id: Uint8Array
  readonly operator_id: Uint8Array
  readonly nonce: Uint8Array
  readonly state: RebindRecord['state']
  readonly expires_at: bigint
  readonly joint_public_key: Uint8Array | null
  readonly device_key_kind: number | null
  readonly device_key: Uint8Array | null
  readonly key_protection: RebindSubmission['keyProtection'] | null
  readonly attestation: RebindSubmission['attestation'] | null
  readonly sign_count: bigint | null
  readonly proof: RebindSubmission['proof'] | null
  readonly form_token: string | null
  readonly submitted_digest: Uint8Array | null
}
type TokenRow = {
  readonly token_reference_id: Uint8Array
  readonly grant_frame: Uint8Array | null
  readonly grant_signature: Uint8Array | null
}

/** Rebinds in the front's own database. */
export function createPostgresRebindStore(database: Database): RebindStore {
  return {
    open: (rebind, now) => database.transaction((queries) => open(queries, rebind, now)),
    find: (rebindId) => find(database, rebindId),
    findTokens: (tokenReferenceIds) => findBoundTokens(database, tokenReferenceIds),
    countSubmission: async (rebindId) => {
      const { rows } = await database.query<{ submissions: number }>(
        'UPDATE front.rebinds SET submissions = submissions + 1 WHERE rebind_id = $1 AND submissions < 1000 RETURNING submissions',
        [rebindId],
      )
      return rows[0]?.submissions ?? 1_000
    },
    submit: async (rebindId, submission) => {
      const { jointPublicKey, deviceKeyKind, deviceKey, proof, formToken, digest, keyProtection, attestation, signCount } = submission
      const { count } = await database.query(
        `UPDATE front.rebinds SET state = 'awaiting_approval', joint_public_key = $2, device_key_kind = $3, device_key = $4, proof = $5,
           form_token = $6, submitted_digest = $7, key_protection = $8, attestation = $9, sign_count = $10 WHERE rebind_id = $1 AND state = 'open'`,
        [rebindId, jointPublicKey, deviceKeyKind, deviceKey, proof, formToken, digest, keyProtection, attestation, signCount],
      )
      return count === 1
    },
    refuse: async (rebindId, formToken) => {
      const { count } = await database.query(
        `UPDATE front.rebinds SET state = 'refused', form_token = NULL WHERE rebind_id = $1 AND state = 'awaiting_approval' AND form_token = $2`,
        [rebindId, formToken],
      )
      return count === 1
    },
    approve: (rebind, approval) => approve(database, rebind, approval),
  }
}

async function open(queries: Queries, rebind: Parameters<RebindStore['open']>[0], now: number): Promise<void> {
  await queries.query(
    `INSERT INTO front.rebinds (rebind_id, wallet_id, operator_id, nonce, state, created_at, expires_at)
     VALUES ($1, $2, $3, $4, 'open', $5, $6)`,
    [rebind.rebindId, rebind.walletId, rebind.operatorId, rebind.nonce, now, rebind.expiresAt],
  )
  for (const [position, tokenReferenceId] of rebind.tokenReferenceIds.entries())
    await queries.query('INSERT INTO front.rebind_tokens (rebind_id, position, token_reference_id) VALUES ($1, $2, $3)', [
      rebind.rebindId,
      position,
      tokenReferenceId,
    ])
}

async function find(queries: Queries, rebindId: Uint8Array): Promise<RebindRecord | undefined> {
  const { rows } = await queries.query<Row>('SELECT * FROM front.rebinds WHERE rebind_id = $1', [rebindId])
  const row = rows[0]
  if (row === undefined) return undefined
  const tokens = await queries.query<TokenRow>('SELECT * FROM front.rebind_tokens WHERE rebind_id = $1 ORDER BY position', [rebindId])
  const submission = toSubmission(row)
  return {
    rebindId: row.rebind_id,
    walletId: row.wallet_id,
    operatorId: row.operator_id,
    nonce: row.nonce,
    state: row.state,
    expiresAt: Number(row.expires_at),
    tokenReferenceIds: tokens.rows.map((token) => token.token_reference_id),
    ...(submission === undefined ? {} : { submission }),
    ...(row.state === 'active' ? { grants: tokens.rows.map(toGrant) } : {}),
  }
}

function approve(database: Database, rebind: RebindRecord, approval: RebindApproval): Promise<'approved' | 'conflict'> {
  const { submission } = rebind
  assert(submission !== undefined, 'a rebind that awaits approval was submitted')
  return unlessOvertaken(() =>
    database.transaction(async (queries) => {
      const { count } = await queries.query(
        `UPDATE front.rebinds SET state = 'active', form_token = NULL WHERE rebind_id = $1 AND state = 'awaiting_approval' AND form_token = $2`,
        [rebind.rebindId, approval.formToken],
      )
      if (count === 0) throw new Overtaken()
      for (const [position, rebinding] of approval.rebindings.entries()) {
        const { limitedUntil, now } = approval
        const isBound = await rebindToken(queries, rebinding, { ...submission, walletId: rebind.walletId, limitedUntil, now })
        // All tokens or none: a person who approves for three cards must not be left with two.
        if (!isBound) throw new Overtaken()
        await queries.query(
          'UPDATE front.rebind_tokens SET grant_frame = $3, grant_signature = $4 WHERE rebind_id = $1 AND position = $2',
          [rebind.rebindId, position, rebinding.grant.frame, rebinding.grant.signature],
        )
      }
    }),
  )
}

function toSubmission(row: Row): RebindSubmission | undefined {
  if (row.submitted_digest === null || row.joint_public_key === null || row.device_key === null) return undefined
  const { key_protection: keyProtection, attestation, sign_count: signCount } = row
  assert(row.proof !== null && row.device_key_kind !== null, 'a submission is stored whole')
  assert(keyProtection !== null && attestation !== null && signCount !== null, 'a submission is stored whole')
  return {
    digest: row.submitted_digest,
    jointPublicKey: row.joint_public_key,
    deviceKeyKind: row.device_key_kind,
    deviceKey: row.device_key,
    keyProtection,
    attestation,
    signCount: Number(signCount),
    proof: row.proof,
    formToken: row.form_token ?? '',
  }
}

function toGrant(row: TokenRow): Grant {
  assert(row.grant_frame !== null && row.grant_signature !== null, 'an approved rebind grants every token')
  return { tokenReferenceId: row.token_reference_id, frame: row.grant_frame, signature: row.grant_signature }
}

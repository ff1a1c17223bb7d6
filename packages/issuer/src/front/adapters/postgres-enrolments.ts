import type { Database, Queries } from '@symbolon/service/database'
import { assert } from '@symbolon/formats/result'
import { Overtaken, unlessOvertaken } from './overtaken.ts'
import { rebindToken } from './postgres-bindings.ts'
import { appendTokenEvent } from './postgres-token-events.ts'
import type { EnrolmentRecord, EnrolmentStore, NewToken, Submission } from '../flows/enrolment-store.ts'

type Row = {
  readonly enrolment_id: Uint8Array
  readonly wallet_id: Uint8Array
  readonly operator_id: Uint8Array
  readonly nonce: Uint8Array
  readonly state: EnrolmentRecord['state']
  readonly expires_at: bigint
  readonly account_key: Uint8Array | null
  readonly sealed_account: Uint8Array | null
  readonly expiry: string | null
  readonly last_four: string | null
  readonly network: Submission['network'] | null
  readonly joint_public_key: Uint8Array | null
  readonly device_key_kind: number | null
  readonly device_key: Uint8Array | null
  readonly key_protection: Submission['keyProtection'] | null
  readonly attestation: Submission['attestation'] | null
  readonly sign_count: bigint | null
  readonly form_token: string | null
  readonly submitted_digest: Uint8Array | null
  readonly token_reference_id: Uint8Array | null
  readonly grant_frame: Uint8Array | null
  readonly grant_signature: Uint8Array | null
}

/** Enrolments in the front's own database. */
export function createPostgresEnrolmentStore(database: Database): EnrolmentStore {
  return {
    open: async (enrolment, now) => {
      await database.query(
        `INSERT INTO front.enrolments (enrolment_id, wallet_id, operator_id, nonce, state, created_at, expires_at)
         VALUES ($1, $2, $3, $4, 'open', $5, $6)`,
        [enrolment.enrolmentId, enrolment.walletId, enrolment.operatorId, enrolment.nonce, now, enrolment.expiresAt],
      )
    },
    find: async (enrolmentId) => {
      const { rows } = await database.query<Row>('SELECT * FROM front.enrolments WHERE enrolment_id = $1', [enrolmentId])
      return rows[0] === undefined ? undefined : toRecord(rows[0])
    },
    countSubmission: async (enrolmentId) => {
      const { rows } = await database.query<{ submissions: number }>(
        'UPDATE front.enrolments SET submissions = submissions + 1 WHERE enrolment_id = $1 AND submissions < 1000 RETURNING submissions',
        [enrolmentId],
      )
      return rows[0]?.submissions ?? 1_000
    },
    submit: (enrolmentId, submission) => submit(database, enrolmentId, submission),
    refuse: async (enrolmentId, formToken) => {
      const { count } = await database.query(
        `UPDATE front.enrolments SET state = 'refused', form_token = NULL, sealed_account = NULL
         WHERE enrolment_id = $1 AND state = 'awaiting_approval' AND form_token = $2`,
        [enrolmentId, formToken],
      )
      return count === 1
    },
    approve: (enrolment, formToken, token) => approve(database, enrolment, { formToken, token }),
    approveReplacement: (enrolment, approval) => approveReplacement(database, enrolment, approval),
    forgetExpired: async (now) => {
      const { count } = await database.query(
        `UPDATE front.enrolments SET sealed_account = NULL, form_token = NULL
         WHERE state = 'awaiting_approval' AND expires_at <= $1 AND sealed_account IS NOT NULL`,
        [now],
      )
      return count
    },
  }
}

async function submit(database: Database, enrolmentId: Uint8Array, submission: Submission): Promise<boolean> {
  const { count } = await database.query(
    `UPDATE front.enrolments SET state = 'awaiting_approval', account_key = $2, sealed_account = $3, expiry = $4, last_four = $5,
       network = $6, joint_public_key = $7, device_key_kind = $8, device_key = $9, form_token = $10, submitted_digest = $11,
       key_protection = $12, attestation = $13, sign_count = $14
     WHERE enrolment_id = $1 AND state = 'open'`,
    [
      enrolmentId,
      submission.accountKey,
      submission.sealedAccount,
      submission.expiry,
      submission.lastFour,
      submission.network,
      submission.jointPublicKey,
      submission.deviceKeyKind,
      submission.deviceKey,
      submission.formToken,
      submission.digest,
      submission.keyProtection,
      submission.attestation,
      submission.signCount,
    ],
  )
  return count === 1
}

type Approval = { readonly formToken: string; readonly token: NewToken }

function approve(database: Database, enrolment: EnrolmentRecord, approval: Approval): Promise<'approved' | 'conflict' | 'taken'> {
  const { submission } = enrolment
  assert(submission !== undefined, 'an enrolment that awaits approval was submitted')
  return database.transaction(async (queries) => {
    const { grant } = approval.token
    const spent = await queries.query<{ sealed_account: Uint8Array | null }>(
      'SELECT sealed_account FROM front.enrolments WHERE enrolment_id = $1 AND state = $2 AND form_token = $3 FOR UPDATE',
      [enrolment.enrolmentId, 'awaiting_approval', approval.formToken],
    )
    if (spent.rows[0] === undefined || spent.rows[0].sealed_account === null) return 'conflict'
    await keepAccount(queries, submission, approval.token.paymentAccountReference)
    await queries.query(
      `UPDATE front.tokens SET state = 'deleted', suspended_by = NULL, suspension_cause = NULL WHERE account_key = $1 AND wallet_id = $2 AND state <> 'deleted'`,
      [submission.accountKey, enrolment.walletId],
    )
    if (!(await insertToken(queries, { ...enrolment, submission }, approval.token))) return 'taken'
    await queries.query(
      `UPDATE front.enrolments SET state = 'active', form_token = NULL, sealed_account = NULL,
         token_reference_id = $2, grant_frame = $3, grant_signature = $4 WHERE enrolment_id = $1`,
      [enrolment.enrolmentId, grant.tokenReferenceId, grant.frame, grant.signature],
    )
    await appendTokenEvent(queries, approval.token.createdAt, {
      tokenReferenceId: grant.tokenReferenceId,
      walletId: enrolment.walletId,
      kind: 'bound',
      cause: 'enrolment',
    })
    return 'approved'
  })
}

function approveReplacement(
  database: Database,
  enrolment: EnrolmentRecord,
  approval: Parameters<EnrolmentStore['approveReplacement']>[1],
): Promise<'approved' | 'conflict'> {
  const { submission } = enrolment
  assert(submission !== undefined, 'an enrolment that awaits approval was submitted')
  const { formToken, rebinding, limitedUntil, now } = approval
  return unlessOvertaken(() =>
    database.transaction(async (queries) => {
      const { count } = await queries.query(
        `UPDATE front.enrolments SET state = 'active', form_token = NULL, sealed_account = NULL, token_reference_id = $3, grant_frame = $4,
           grant_signature = $5 WHERE enrolment_id = $1 AND state = 'awaiting_approval' AND form_token = $2 AND sealed_account IS NOT NULL`,
        [enrolment.enrolmentId, formToken, rebinding.grant.tokenReferenceId, rebinding.grant.frame, rebinding.grant.signature],
      )
      const binding = { ...submission, walletId: enrolment.walletId, proof: 'identification', limitedUntil, now } as const
      if (count === 0 || !(await rebindToken(queries, rebinding, binding))) throw new Overtaken()
      await queries.query('UPDATE front.accounts SET expiry = greatest(expiry, $2) WHERE account_key = $1', [
        submission.accountKey,
        submission.expiry,
      ])
    }),
  )
}

// A card that comes again keeps its reference (PAR) and takes the newer expiry: that is how a renewed card arrives.
async function keepAccount(queries: Queries, submission: Submission, paymentAccountReference: string): Promise<void> {
  await queries.query(
    `INSERT INTO front.accounts (account_key, sealed_account, expiry, last_four, network, payment_account_reference)
     VALUES ($1, $2, $3, $4, $5, $6)
     ON CONFLICT (account_key) DO UPDATE SET expiry = greatest(front.accounts.expiry, excluded.expiry)`,
    [submission.accountKey, submission.sealedAccount, submission.expiry, submission.lastFour, submission.network, paymentAccountReference],
  )
}

async function insertToken(
  queries: Queries,
  enrolment: EnrolmentRecord & { readonly submission: Submission },
  token: NewToken,
): Promise<boolean> {
  const { submission } = enrolment
  const { count } = await queries.query(
    `INSERT INTO front.tokens (token_reference_id, payment_token, account_key, enrolment_id, wallet_id, operator_id, joint_public_key,
       device_key_kind, device_key, channels, token_expiry, state, created_at, bound_at, key_protection, attestation, sign_count)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'active', $12, $12, $13, $14, $15) ON CONFLICT (payment_token) DO NOTHING`,
    [
      token.grant.tokenReferenceId,
      token.paymentToken,
      submission.accountKey,
      enrolment.enrolmentId,
      enrolment.walletId,
      enrolment.operatorId,
      submission.jointPublicKey,
      submission.deviceKeyKind,
      submission.deviceKey,
      [...token.channels],
      token.tokenExpiry,
      token.createdAt,
      submission.keyProtection,
      submission.attestation,
      submission.signCount,
    ],
  )
  return count === 1
}

function toRecord(row: Row): EnrolmentRecord {
  const submission = toSubmission(row)
  return {
    enrolmentId: row.enrolment_id,
    walletId: row.wallet_id,
    operatorId: row.operator_id,
    nonce: row.nonce,
    state: row.state,
    expiresAt: Number(row.expires_at),
    ...(submission === undefined ? {} : { submission }),
    ...(row.token_reference_id === null || row.grant_frame === null || row.grant_signature === null
      ? {}
      : { grant: { tokenReferenceId: row.token_reference_id, frame: row.grant_frame, signature: row.grant_signature } }),
  }
}

function toSubmission(row: Row): Submission | undefined {
  if (row.submitted_digest === null || row.account_key === null || row.joint_public_key === null || row.device_key === null)
    return undefined
  const { key_protection: keyProtection, attestation, sign_count: signCount } = row
  assert(row.network !== null && row.device_key_kind !== null, 'a submission is stored whole')
  assert(keyProtection !== null && attestation !== null && signCount !== null, 'a submission is stored whole')
  return {
    digest: row.submitted_digest,
    accountKey: row.account_key,
    sealedAccount: row.sealed_account ?? new Uint8Array(),
    expiry: row.expiry ?? '',
    lastFour: row.last_four ?? '',
    network: row.network,
    jointPublicKey: row.joint_public_key,
    deviceKeyKind: row.device_key_kind,
    deviceKey: row.device_key,
    keyProtection,
    attestation,
    signCount: Number(signCount),
    formToken: row.form_token ?? '',
  }
}

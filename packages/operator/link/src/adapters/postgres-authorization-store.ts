import { bytesToHex, hexToBytes } from '@symbolon/formats/bytes'
import { isCurrency, minorUnits } from '@symbolon/formats/money'
import { assert } from '@symbolon/formats/result'
import type { Database } from '@symbolon/service/database'
import type { AuthorizationStore } from '../flows/authorization-store.ts'
import type { Authorization, Outcome, SentAuthorization, Trace } from '../rules/authorization.ts'

/** The store in PostgreSQL, schema `link`. Each change is one commit; `synchronous_commit` is on, so resolved means on disk. */
export function createPostgresAuthorizationStore(database: Database): AuthorizationStore {
  return {
    insert: async (authorization, nowMs) => (await database.query(insertText, insertValues(authorization, nowMs))).count === 1,
    find: (paymentId) => findRow(database, paymentId),
    settle: async (paymentId, outcome, nowMs) => {
      const values = [hexToBytes(paymentId), outcome.kind, ...outcomeColumns(outcome), nowMs]
      if ((await database.query(settleText, values)).count === 1) return
      assert((await findRow(database, paymentId))?.outcome.kind === outcome.kind, 'an authorization has one end')
    },
    queueReversal: async (reversal) => {
      const id = hexToBytes(reversal.paymentId)
      const { systemsTraceAuditNumber, transmissionDateTime, nowMs } = reversal
      const values = [id, hexToBytes(reversal.issuerId), reversal.queueNumber, systemsTraceAuditNumber, transmissionDateTime, nowMs]
      if ((await database.query(queueText, values)).count === 1) return
      const kind = (await findRow(database, reversal.paymentId))?.outcome.kind
      assert(kind === 'unanswered' || kind === 'reversed', 'only a pending authorization becomes unanswered')
    },
    settleReversal: async (paymentId, responseCode, nowMs) => {
      const values = [hexToBytes(paymentId), responseCode === '' ? null : responseCode, nowMs]
      if ((await database.query(settleReversalText, values)).count === 1) return
      assert((await findRow(database, paymentId))?.outcome.kind === 'reversed', 'only an unanswered authorization is reversed')
    },
    findOwedReversal: async (issuerId) => {
      const { rows } = await database.query<Row & OwedColumns>(owedText, [hexToBytes(issuerId)])
      const row = rows[0]
      if (row === undefined) return undefined
      return {
        original: asSent(toAuthorization(row)),
        systemsTraceAuditNumber: row.reversal_trace,
        transmissionDateTime: row.reversal_date_time,
        attempts: row.attempts,
      }
    },
    countAttempt: async (paymentId) => {
      await database.query('UPDATE link.reversals SET attempts = attempts + 1 WHERE payment_id = $1', [hexToBytes(paymentId)])
    },
    listPending: async (limit) => {
      const text = `SELECT ${columns} FROM link.authorizations a WHERE outcome = 'pending' ORDER BY payment_id LIMIT $1`
      return (await database.query<Row>(text, [limit])).rows.map((row) => asSent(toAuthorization(row)))
    },
    takeNumbers: async (counter, size, floor) => {
      const { rows } = await database.query<{ first: bigint }>(takeText, [counter, size, floor])
      assert(rows[0] !== undefined, 'a counter answers')
      return rows[0].first
    },
  }
}

const columns = `a.payment_id, a.request_hash, a.issuer_id, a.amount_minor_units, a.currency, a.card_acceptor_id, a.pos_entry_mode,
  a.systems_trace_audit_number, a.retrieval_reference_number, a.transmission_date_time, a.acquiring_institution_id,
  a.card_acceptor_terminal_id, a.outcome, a.authorization_id_response, a.response_code, a.reason`

const insertText = `INSERT INTO link.authorizations (payment_id, request_hash, issuer_id, amount_minor_units, currency, card_acceptor_id,
    pos_entry_mode, systems_trace_audit_number, retrieval_reference_number, transmission_date_time, acquiring_institution_id,
    card_acceptor_terminal_id, outcome, authorization_id_response, response_code, reason, created_at_ms, settled_at_ms)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18) ON CONFLICT (payment_id) DO NOTHING`

const settleText = `UPDATE link.authorizations
  SET outcome = $2, authorization_id_response = $3, response_code = $4, reason = $5, settled_at_ms = $6
  WHERE payment_id = $1 AND outcome = 'pending'`

const queueText = `WITH ended AS (
    UPDATE link.authorizations SET outcome = 'unanswered', settled_at_ms = $6 WHERE payment_id = $1 AND outcome = 'pending'
    RETURNING payment_id)
  INSERT INTO link.reversals (payment_id, issuer_id, queue_number, systems_trace_audit_number, transmission_date_time, queued_at_ms)
  SELECT payment_id, $2, $3, $4, $5, $6 FROM ended`

const settleReversalText = `WITH acknowledged AS (
    UPDATE link.reversals SET state = 'acknowledged', response_code = $2, acknowledged_at_ms = $3
    WHERE payment_id = $1 AND state = 'queued' RETURNING payment_id)
  UPDATE link.authorizations SET outcome = 'reversed'
  WHERE payment_id IN (SELECT payment_id FROM acknowledged) AND outcome = 'unanswered'`

const owedText = `SELECT ${columns}, r.systems_trace_audit_number AS reversal_trace, r.transmission_date_time AS reversal_date_time, r.attempts
  FROM link.reversals r JOIN link.authorizations a USING (payment_id)
  WHERE r.issuer_id = $1 AND r.state = 'queued' ORDER BY r.queue_number LIMIT 1`

const takeText = `INSERT INTO link.counters AS c (name, next_value) VALUES ($1, $3::bigint + $2::bigint)
  ON CONFLICT (name) DO UPDATE SET next_value = GREATEST(c.next_value, $3::bigint) + $2::bigint
  RETURNING next_value - $2::bigint AS first`

type Row = {
  readonly payment_id: Buffer
  readonly request_hash: Buffer
  readonly issuer_id: Buffer
  readonly amount_minor_units: bigint
  readonly currency: string
  readonly card_acceptor_id: string
  readonly pos_entry_mode: string
  readonly systems_trace_audit_number: string | null
  readonly retrieval_reference_number: string | null
  readonly transmission_date_time: string | null
  readonly acquiring_institution_id: string | null
  readonly card_acceptor_terminal_id: string | null
  readonly outcome: Outcome['kind']
  readonly authorization_id_response: string | null
  readonly response_code: string | null
  readonly reason: string | null
}
type OwedColumns = { readonly reversal_trace: string; readonly reversal_date_time: string; readonly attempts: number }

async function findRow(database: Database, paymentId: string): Promise<Authorization | undefined> {
  const text = `SELECT ${columns} FROM link.authorizations a WHERE payment_id = $1`
  const row = (await database.query<Row>(text, [hexToBytes(paymentId)])).rows[0]
  return row === undefined ? undefined : toAuthorization(row)
}

function insertValues({ trace, outcome, ...facts }: Authorization, nowMs: number): readonly unknown[] {
  return [
    hexToBytes(facts.paymentId),
    hexToBytes(facts.requestHash),
    hexToBytes(facts.issuerId),
    facts.amount,
    facts.currency,
    facts.cardAcceptorId,
    facts.posEntryMode,
    trace?.systemsTraceAuditNumber ?? null,
    trace?.retrievalReferenceNumber ?? null,
    trace?.transmissionDateTime ?? null,
    trace?.acquiringInstitutionId ?? null,
    trace?.cardAcceptorTerminalId ?? null,
    outcome.kind,
    ...outcomeColumns(outcome),
    nowMs,
    outcome.kind === 'pending' ? null : nowMs,
  ]
}

function outcomeColumns(outcome: Outcome): readonly (string | null)[] {
  return [
    'authorizationIdResponse' in outcome ? outcome.authorizationIdResponse : null,
    'responseCode' in outcome ? outcome.responseCode : null,
    'reason' in outcome ? outcome.reason : null,
  ]
}

function toAuthorization(row: Row): Authorization {
  assert(isCurrency(row.currency), 'a stored currency is known')
  const trace = toTrace(row)
  return {
    paymentId: bytesToHex(row.payment_id),
    requestHash: bytesToHex(row.request_hash),
    issuerId: bytesToHex(row.issuer_id),
    amount: minorUnits(row.amount_minor_units),
    currency: row.currency,
    cardAcceptorId: row.card_acceptor_id,
    posEntryMode: row.pos_entry_mode,
    ...(trace === undefined ? {} : { trace }),
    outcome: toOutcome(row),
  }
}

function toTrace(row: Row): Trace | undefined {
  if (row.systems_trace_audit_number === null) return undefined
  return {
    systemsTraceAuditNumber: row.systems_trace_audit_number,
    retrievalReferenceNumber: row.retrieval_reference_number ?? '',
    transmissionDateTime: row.transmission_date_time ?? '',
    acquiringInstitutionId: row.acquiring_institution_id ?? '',
    cardAcceptorTerminalId: row.card_acceptor_terminal_id ?? '',
  }
}

function toOutcome(row: Row): Outcome {
  const responseCode = row.response_code ?? ''
  const reason = row.reason ?? ''
  switch (row.outcome) {
    case 'pending':
    case 'unanswered':
    case 'reversed':
      return { kind: row.outcome }
    case 'unsent':
      return { kind: 'unsent', reason }
    case 'declined':
      return { kind: 'declined', responseCode, reason }
    case 'approved':
      return row.authorization_id_response === null
        ? { kind: 'approved', responseCode }
        : { kind: 'approved', responseCode, authorizationIdResponse: row.authorization_id_response }
  }
}

function asSent(authorization: Authorization): SentAuthorization {
  assert(authorization.trace !== undefined, 'what was sent has its numbers')
  return { ...authorization, trace: authorization.trace }
}

import { createHash } from 'node:crypto'
import type { JournalEntry } from '@symbolon/contracts/issuer-api'
import { assert } from '@symbolon/formats/result'
import type { Database, Queries } from '@symbolon/service/database'
import type { HostDecided, HostReceived, HostRecord, HostStore } from '../flows/host-store.ts'
import type { HostKey, HostMoney, HostReversal } from '../rules/request.ts'

type Row = {
  readonly request_digest: Uint8Array | null
  readonly state: HostRecord['state']
  readonly is_silent: boolean
  readonly pan: string | null
  readonly amount: bigint | null
  readonly currency: HostMoney['currency'] | null
  readonly response_code: string | null
  readonly authorization_id: string | null
}
type JournalRow = {
  readonly sequence: bigint
  readonly retrieval_reference_number: string
  readonly systems_trace_audit_number: string
  readonly amount: bigint
  readonly currency: JournalEntry['currency']
  readonly outcome: JournalEntry['outcome']
  readonly response_code: string
}

/** The host's own database. */
export function createPostgresHostStore(database: Database): HostStore {
  return {
    authorize: (received, decide) => database.transaction((queries) => authorize(queries, received, decide)),
    reverse: (reversal) => database.transaction((queries) => reverse(queries, reversal)),
    journal: (after, limit) => readJournal(database, after, limit),
  }
}

async function authorize(
  queries: Queries,
  received: HostReceived,
  decide: (spent: bigint) => HostDecided,
): Promise<{ readonly isNew: boolean; readonly record: HostRecord }> {
  const { request, digest } = received
  const exchangeId = deriveExchangeId(request.key)
  await queries.query('INSERT INTO host.balances (pan, currency, spent) VALUES ($1, $2, 0) ON CONFLICT DO NOTHING', [
    request.pan,
    request.currency,
  ])
  const { rows } = await queries.query<{ spent: bigint }>('SELECT spent FROM host.balances WHERE pan = $1 AND currency = $2 FOR UPDATE', [
    request.pan,
    request.currency,
  ])
  const earlier = await find(queries, exchangeId)
  if (earlier !== undefined) return { isNew: false, record: earlier }
  assert(rows[0] !== undefined, 'the balance was inserted')
  const decided = decide(rows[0].spent)
  const state = decided.responseCode === '00' ? 'approved' : 'declined'
  const { count } = await queries.query(
    `INSERT INTO host.exchanges
       (exchange_id, request_digest, state, is_silent, pan, amount, currency, stan, rrn, response_code, authorization_id)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (exchange_id) DO NOTHING`,
    [
      exchangeId,
      digest,
      state,
      decided.isSilent,
      request.pan,
      request.amountMinorUnits,
      request.currency,
      request.key.systemsTraceAuditNumber,
      request.key.retrievalReferenceNumber,
      decided.responseCode,
      decided.authorizationId ?? null,
    ],
  )
  if (count === 0) return { isNew: false, record: await get(queries, exchangeId) }
  if (state === 'approved') await spend(queries, { ...request, pan: request.pan }, request.amountMinorUnits)
  await appendJournal(queries, request.key, request, { outcome: state, responseCode: decided.responseCode })
  return { isNew: true, record: { ...decided, state, requestDigest: digest } }
}

async function reverse(queries: Queries, reversal: HostReversal): Promise<void> {
  const { original } = reversal
  const exchangeId = deriveExchangeId(original)
  const remembered = await queries.query(
    `INSERT INTO host.exchanges (exchange_id, state, stan, rrn) VALUES ($1, 'reversed', $2, $3) ON CONFLICT (exchange_id) DO NOTHING`,
    [exchangeId, original.systemsTraceAuditNumber, original.retrievalReferenceNumber],
  )
  if (remembered.count === 1) return appendJournal(queries, original, reversal, { outcome: 'reversed', responseCode: '00' })
  // The account before the exchange, as authorize locks them, so that the two never wait for each other.
  const known = await queries.query<Row>('SELECT * FROM host.exchanges WHERE exchange_id = $1', [exchangeId])
  const { pan, currency } = known.rows[0] ?? {}
  if (pan && currency) await queries.query('SELECT 1 FROM host.balances WHERE pan = $1 AND currency = $2 FOR UPDATE', [pan, currency])
  const { rows } = await queries.query<Row>('SELECT * FROM host.exchanges WHERE exchange_id = $1 FOR UPDATE', [exchangeId])
  const row = rows[0]
  assert(row !== undefined, 'an exchange that could not be inserted exists')
  if (row.state === 'reversed' || row.pan === null || row.amount === null || row.currency === null) return
  await queries.query("UPDATE host.exchanges SET state = 'reversed' WHERE exchange_id = $1", [exchangeId])
  if (row.state === 'approved') await spend(queries, { pan: row.pan, currency: row.currency }, -row.amount)
  const money = { amountMinorUnits: row.amount, currency: row.currency }
  await appendJournal(queries, original, money, { outcome: 'reversed', responseCode: row.response_code ?? '00' })
}

async function spend(queries: Queries, account: { readonly pan: string; readonly currency: string }, amount: bigint): Promise<void> {
  await queries.query('UPDATE host.balances SET spent = spent + $3 WHERE pan = $1 AND currency = $2', [
    account.pan,
    account.currency,
    amount,
  ])
}

async function get(queries: Queries, exchangeId: Uint8Array): Promise<HostRecord> {
  const record = await find(queries, exchangeId)
  assert(record !== undefined, 'an exchange that could not be inserted exists')
  return record
}

async function find(queries: Queries, exchangeId: Uint8Array): Promise<HostRecord | undefined> {
  const { rows } = await queries.query<Row>('SELECT * FROM host.exchanges WHERE exchange_id = $1', [exchangeId])
  const row = rows[0]
  if (row === undefined) return undefined
  return {
    state: row.state,
    isSilent: row.is_silent,
    requestDigest: row.request_digest ?? undefined,
    responseCode: row.response_code ?? '68',
    authorizationId: row.authorization_id ?? undefined,
  }
}

type JournalFact = { readonly outcome: JournalEntry['outcome']; readonly responseCode: string }

async function appendJournal(queries: Queries, key: HostKey, money: HostMoney, fact: JournalFact): Promise<void> {
  // The counter's lock is held until the transaction ends, so entries become visible in their order.
  const { rows } = await queries.query<{ value: bigint }>(
    "UPDATE host.counters SET value = value + 1 WHERE name = 'journal' RETURNING value",
  )
  assert(rows[0] !== undefined, 'the counters are part of the schema')
  await queries.query(
    `INSERT INTO host.journal (sequence, retrieval_reference_number, systems_trace_audit_number, amount, currency, outcome, response_code)
     VALUES ($1, $2, $3, $4, $5, $6, $7)`,
    [
      rows[0].value,
      key.retrievalReferenceNumber,
      key.systemsTraceAuditNumber,
      money.amountMinorUnits,
      money.currency,
      fact.outcome,
      fact.responseCode,
    ],
  )
}

async function readJournal(queries: Queries, after: number, limit: number): Promise<readonly JournalEntry[]> {
  const { rows } = await queries.query<JournalRow>('SELECT * FROM host.journal WHERE sequence > $1 ORDER BY sequence LIMIT $2', [
    after,
    limit,
  ])
  return rows.map((row) => ({
    sequence: Number(row.sequence),
    retrievalReferenceNumber: row.retrieval_reference_number,
    systemsTraceAuditNumber: row.systems_trace_audit_number,
    amountMinorUnits: String(row.amount),
    currency: row.currency,
    outcome: row.outcome,
    responseCode: row.response_code,
  }))
}

// Fixed lengths (10, 6, 11, 12 characters): the joined text has one reading.
function deriveExchangeId(key: HostKey): Uint8Array {
  const { transmissionDateTime, systemsTraceAuditNumber, acquiringInstitutionId, retrievalReferenceNumber } = key
  const text = transmissionDateTime + systemsTraceAuditNumber + acquiringInstitutionId + retrievalReferenceNumber
  return new Uint8Array(createHash('sha256').update(text).digest())
}

import { responseCodes, type ResponseCode } from '@symbolon/contracts/issuer-link'
import { assert } from '@symbolon/formats/result'
import type { Database, Queries } from '@symbolon/service/database'
import type {
  AuthorizationRecord,
  AuthorizationState,
  AuthorizationStore,
  DayRefusal,
  ExchangeLine,
  ReplayRefusal,
  Refused,
  Sending,
  Settlement,
} from '../flows/authorization-store.ts'
import { appendJournal, readJournal } from './postgres-journal.ts'
import { countReversalSend, nextReversal, queueReversal, settleReversal } from './postgres-reversals.ts'
import { findToken } from './postgres-tokens.ts'
import { useToken } from './postgres-token-use.ts'

type Row = {
  readonly exchange_id: Uint8Array
  readonly request_digest: Uint8Array | null
  readonly state: AuthorizationState
  readonly response_code: ResponseCode | null
  readonly authorization_id: string | null
}
type LineRow = Row & {
  readonly link_stan: string
  readonly link_rrn: string
  readonly amount: string
  readonly currency: ExchangeLine['currency']
  readonly token_reference_id: Uint8Array | null
  readonly pay_id: Uint8Array | null
}

/** Authorizations in the front's own database. */
export function createPostgresAuthorizationStore(database: Database): AuthorizationStore {
  return {
    findToken: (tokenReferenceId) => findToken(database, tokenReferenceId),
    find: (exchangeId) => find(database, exchangeId),
    recordRefused: (refused) => recordRefused(database, refused),
    recordSent: (sending) => database.transaction((queries) => recordSent(queries, sending)),
    settle: (exchangeId, settlement) => database.transaction((queries) => settle(queries, exchangeId, settlement)),
    reverse: (line, receivedAt) => database.transaction((queries) => reverse(queries, line, receivedAt)),
    recoverUnfinished: () => database.transaction(recoverUnfinished),
    nextReversal: () => nextReversal(database),
    countReversalSend: (exchangeId) => countReversalSend(database, exchangeId),
    settleReversal: (exchangeId) => settleReversal(database, exchangeId),
    journal: (after, limit) => readJournal(database, after, limit),
  }
}

async function find(queries: Queries, exchangeId: Uint8Array): Promise<AuthorizationRecord | undefined> {
  const { rows } = await queries.query<Row>(
    'SELECT exchange_id, request_digest, state, response_code, authorization_id FROM front.authorizations WHERE exchange_id = $1',
    [exchangeId],
  )
  const row = rows[0]
  if (row === undefined) return undefined
  return {
    exchangeId: row.exchange_id,
    requestDigest: row.request_digest ?? undefined,
    state: row.state,
    responseCode: row.response_code ?? undefined,
    authorizationId: row.authorization_id ?? undefined,
  }
}

async function recordRefused(database: Database, refused: Refused): Promise<boolean> {
  return database.transaction(async (queries) => {
    const { count } = await queries.query(
      `INSERT INTO front.authorizations
         (exchange_id, request_digest, state, received_at, link_stan, link_rrn, amount, currency, response_code)
       VALUES ($1, $2, 'declined', $3, $4, $5, $6, $7, $8) ON CONFLICT (exchange_id) DO NOTHING`,
      [
        refused.exchangeId,
        refused.requestDigest,
        refused.receivedAt,
        refused.systemsTraceAuditNumber,
        refused.retrievalReferenceNumber,
        String(refused.amountMinorUnits),
        refused.currency,
        refused.responseCode,
      ],
    )
    if (count === 0) return false
    await appendJournal(queries, refused, { ...refused, outcome: 'declined' })
    return true
  })
}

async function recordSent(queries: Queries, sending: Sending): Promise<'recorded' | 'exchange-known' | ReplayRefusal | DayRefusal> {
  const { message } = sending
  const { count } = await queries.query(
    `INSERT INTO front.authorizations
       (exchange_id, request_digest, state, received_at, link_stan, link_rrn, amount, currency,
        token_reference_id, pay_id, merchant_id, request_hash, wallet_id, slot_hash, host_fields)
     VALUES ($1, $2, 'sent', $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) ON CONFLICT DO NOTHING`,
    [
      sending.exchangeId,
      sending.requestDigest,
      sending.receivedAt,
      sending.systemsTraceAuditNumber,
      sending.retrievalReferenceNumber,
      String(sending.amountMinorUnits),
      sending.currency,
      message.tokenReferenceId,
      message.paymentAttemptId,
      message.merchantId,
      message.requestHash,
      message.walletId,
      message.slotHash,
      JSON.stringify(sending.host),
    ],
  )
  if (count !== 1) return findConflict(queries, sending)
  const refusal = await useToken(queries, sending)
  if (refusal === undefined) return 'recorded'
  // It uses nothing up: the refusal is recorded in its place.
  await queries.query('DELETE FROM front.authorizations WHERE exchange_id = $1', [sending.exchangeId])
  return refusal
}

async function findConflict(queries: Queries, sending: Sending): Promise<'exchange-known' | ReplayRefusal> {
  const { message } = sending
  const { rows } = await queries.query<{ exchange: boolean; payment: boolean; request: boolean; slot: boolean }>(
    `SELECT EXISTS (SELECT 1 FROM front.authorizations WHERE exchange_id = $1) AS exchange,
            EXISTS (SELECT 1 FROM front.authorizations WHERE token_reference_id = $2 AND pay_id = $3) AS payment,
            EXISTS (SELECT 1 FROM front.authorizations WHERE merchant_id = $4 AND request_hash = $5) AS request,
            EXISTS (SELECT 1 FROM front.authorizations WHERE wallet_id = $6 AND slot_hash = $7) AS slot`,
    [
      sending.exchangeId,
      message.tokenReferenceId,
      message.paymentAttemptId,
      message.merchantId,
      message.requestHash,
      message.walletId,
      message.slotHash,
    ],
  )
  const found = rows[0]
  if (found?.exchange === true) return 'exchange-known'
  if (found?.payment === true) return 'payment-used'
  if (found?.request === true) return 'request-used'
  assert(found?.slot === true, 'an insert without effect met one of four keys')
  return 'slot-used'
}

async function settle(queries: Queries, exchangeId: Uint8Array, settlement: Settlement): Promise<boolean> {
  const { rows } = await queries.query<LineRow>(
    `UPDATE front.authorizations SET state = $2, response_code = $3, authorization_id = $4
     WHERE exchange_id = $1 AND state = 'sent' RETURNING *`,
    [exchangeId, settlement.state, settlement.responseCode, settlement.authorizationId ?? null],
  )
  const row = rows[0]
  if (row === undefined) return false
  if (settlement.isReversalDue) await queueReversal(queries, exchangeId)
  await appendJournal(queries, toLine(row), {
    outcome: settlement.state,
    responseCode: settlement.responseCode,
    tokenReferenceId: row.token_reference_id ?? undefined,
    paymentAttemptId: row.pay_id ?? undefined,
  })
  return true
}

async function reverse(queries: Queries, line: ExchangeLine, receivedAt: number): Promise<void> {
  const remembered = await queries.query(
    `INSERT INTO front.authorizations (exchange_id, state, received_at, link_stan, link_rrn, amount, currency)
     VALUES ($1, 'reversed', $2, $3, $4, $5, $6) ON CONFLICT (exchange_id) DO NOTHING`,
    [
      line.exchangeId,
      receivedAt,
      line.systemsTraceAuditNumber,
      line.retrievalReferenceNumber,
      String(line.amountMinorUnits),
      line.currency,
    ],
  )
  if (remembered.count === 1) return appendJournal(queries, line, { outcome: 'reversed', responseCode: '00' })
  const { rows } = await queries.query<LineRow>('SELECT * FROM front.authorizations WHERE exchange_id = $1 FOR UPDATE', [line.exchangeId])
  const row = rows[0]
  assert(row !== undefined, 'an exchange that could not be inserted exists')
  if (row.state === 'reversed') return
  await queries.query("UPDATE front.authorizations SET state = 'reversed' WHERE exchange_id = $1", [line.exchangeId])
  // Whatever the host heard of, a decline too: then the books of all three end with the same word.
  if (row.pay_id !== null) await queueReversal(queries, line.exchangeId)
  await appendJournal(queries, toLine(row), {
    outcome: 'reversed',
    responseCode: row.response_code ?? '00',
    tokenReferenceId: row.token_reference_id ?? undefined,
    paymentAttemptId: row.pay_id ?? undefined,
  })
}

async function recoverUnfinished(queries: Queries): Promise<number> {
  const { rows } = await queries.query<{ exchange_id: Uint8Array }>(
    "SELECT exchange_id FROM front.authorizations WHERE state = 'sent' ORDER BY received_at, exchange_id FOR UPDATE",
  )
  for (const row of rows)
    await settle(queries, row.exchange_id, { state: 'declined', responseCode: '91', authorizationId: undefined, isReversalDue: true })
  return rows.length
}

function toLine(row: LineRow): ExchangeLine {
  assert(row.response_code === null || Object.hasOwn(responseCodes, row.response_code), 'a stored response code is one of the table')
  return {
    exchangeId: row.exchange_id,
    systemsTraceAuditNumber: row.link_stan,
    retrievalReferenceNumber: row.link_rrn,
    amountMinorUnits: BigInt(row.amount),
    currency: row.currency,
  }
}

import type { JournalEntry } from '@symbolon/contracts/issuer-api'
import { bytesToHex } from '@symbolon/formats/bytes'
import type { Queries } from '@symbolon/service/database'
import type { ExchangeLine } from '../flows/authorization-store.ts'
import { nextNumber } from './postgres-counters.ts'

type Row = {
  readonly sequence: bigint
  readonly retrieval_reference_number: string
  readonly systems_trace_audit_number: string
  readonly amount: string
  readonly currency: JournalEntry['currency']
  readonly outcome: JournalEntry['outcome']
  readonly response_code: string
  readonly token_reference_id: Uint8Array | null
  readonly pay_id: Uint8Array | null
}
export type JournalFact = {
  readonly outcome: JournalEntry['outcome']
  readonly responseCode: string
  readonly tokenReferenceId?: Uint8Array | undefined
  readonly paymentAttemptId?: Uint8Array | undefined
}

/** Appends to the journal as the last statement of a transaction: the counter's lock is then short. */
export async function appendJournal(queries: Queries, line: ExchangeLine, fact: JournalFact): Promise<void> {
  await queries.query(
    `INSERT INTO front.journal (sequence, exchange_id, retrieval_reference_number, systems_trace_audit_number, amount, currency,
       outcome, response_code, token_reference_id, pay_id)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    [
      await nextNumber(queries, 'journal'),
      line.exchangeId,
      line.retrievalReferenceNumber,
      line.systemsTraceAuditNumber,
      String(line.amountMinorUnits),
      line.currency,
      fact.outcome,
      fact.responseCode,
      fact.tokenReferenceId ?? null,
      fact.paymentAttemptId ?? null,
    ],
  )
}

export async function readJournal(queries: Queries, after: number, limit: number): Promise<readonly JournalEntry[]> {
  const { rows } = await queries.query<Row>('SELECT * FROM front.journal WHERE sequence > $1 ORDER BY sequence LIMIT $2', [after, limit])
  return rows.map((row) => ({
    sequence: Number(row.sequence),
    retrievalReferenceNumber: row.retrieval_reference_number,
    systemsTraceAuditNumber: row.systems_trace_audit_number,
    amountMinorUnits: row.amount,
    currency: row.currency,
    outcome: row.outcome,
    responseCode: row.response_code,
    ...(row.token_reference_id === null ? {} : { tokenReferenceId: bytesToHex(row.token_reference_id) }),
    ...(row.pay_id === null ? {} : { paymentAttemptId: bytesToHex(row.pay_id) }),
  }))
}

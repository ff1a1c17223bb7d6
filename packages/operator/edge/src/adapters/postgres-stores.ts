import type { Database } from '@symbolon/service/database'
import type { LedgerSummary, OperationsPayment } from '@symbolon/contracts/operations-api'
import type { LedgerStore, MerchantStore, Stores } from '../flows/stores.ts'
import { createPostgresPaymentStore } from './postgres-payment-store.ts'
import { createPostgresTokenStore } from './postgres-token-store.ts'
import { readCurrency, readId, readState } from './rows.ts'

/** Everything that edge keeps, in the schema `edge`. */
export function createPostgresStores(database: Database): Stores {
  return {
    payments: createPostgresPaymentStore(database),
    merchants: createMerchantStore(database),
    tokens: createPostgresTokenStore(database),
    ledger: createLedgerStore(database),
  }
}

function createMerchantStore(database: Database): MerchantStore {
  return {
    replaceAll: (merchants) =>
      database.transaction(async (queries) => {
        await queries.query('UPDATE edge.merchants SET is_active = false WHERE is_active AND merchant_id <> ALL($1::uuid[])', [
          merchants.map((merchant) => merchant.merchantId),
        ])
        for (const merchant of merchants.toSorted((left, right) => (left.merchantId < right.merchantId ? -1 : 1))) {
          await queries.query(
            `INSERT INTO edge.merchants (merchant_id, name, origin, slug, api_key_hash, is_active) VALUES ($1, $2, $3, $4, $5, true)
             ON CONFLICT (merchant_id) DO UPDATE SET name = excluded.name, origin = excluded.origin, slug = excluded.slug,
               api_key_hash = excluded.api_key_hash, is_active = true`,
            [merchant.merchantId, merchant.name, merchant.origin, merchant.slug, merchant.apiKeyHash],
          )
        }
      }),
    findByApiKeyHash: async (apiKeyHash) => {
      const { rows } = await database.query<{ merchant_id: string; name: string; origin: string; slug: string; api_key_hash: Uint8Array }>(
        'SELECT merchant_id, name, origin, slug, api_key_hash FROM edge.merchants WHERE api_key_hash = $1 AND is_active',
        [apiKeyHash],
      )
      const [row] = rows
      return (
        row && { merchantId: readId(row.merchant_id), name: row.name, origin: row.origin, slug: row.slug, apiKeyHash: row.api_key_hash }
      )
    },
  }
}

function createLedgerStore(database: Database): LedgerStore {
  return { loadSummary: () => loadSummary(database), listPayments: (page) => listPayments(database, page) }
}

// One statement is one snapshot: payments and transfers are compared as they stood at the same moment.
async function loadSummary(database: Database): Promise<LedgerSummary> {
  const { rows } = await database.query<{
    currency: string | null
    debits: string
    credits: string
    transfers: bigint
    captured: bigint
    breaks: bigint
  }>(
    `WITH legs AS (
       SELECT currency, amount_minor_units AS debit, 0::bigint AS credit FROM edge.transfers
       UNION ALL SELECT currency, 0, amount_minor_units FROM edge.transfers
     ), breaks AS (
       SELECT count(*) AS count FROM (SELECT * FROM edge.payments WHERE state = 'captured') payment
       FULL JOIN (SELECT * FROM edge.transfers WHERE kind = 'capture') transfer
         ON transfer.merchant_id = payment.merchant_id AND transfer.payment_id = payment.payment_id
         AND transfer.amount_minor_units = payment.amount_minor_units AND transfer.currency = payment.currency
       WHERE payment.payment_id IS NULL OR transfer.payment_id IS NULL
     ), counts AS (
       SELECT (SELECT count(*) FROM edge.transfers) AS transfers, (SELECT count(*) FROM edge.payments WHERE state = 'captured') AS captured,
         (SELECT count FROM breaks) AS breaks
     ), sums AS (SELECT currency, sum(debit)::text AS debits, sum(credit)::text AS credits FROM legs GROUP BY currency)
     SELECT currency, debits, credits, transfers, captured, breaks FROM counts LEFT JOIN sums ON true ORDER BY currency`,
  )
  const [first] = rows
  return {
    currencies: Object.fromEntries(
      rows.flatMap(({ currency, debits, credits }) => (currency === null ? [] : [[readCurrency(currency), { debits, credits }]])),
    ),
    transfers: Number(first?.transfers ?? 0n),
    captured: Number(first?.captured ?? 0n),
    balanced: first?.breaks === 0n && rows.every((row) => row.debits === row.credits),
  }
}

async function listPayments(
  database: Database,
  { after, limit }: Parameters<LedgerStore['listPayments']>[0],
): Promise<readonly OperationsPayment[]> {
  const { rows } = await database.query<{
    payment_id: string
    merchant_id: string
    order_id: string
    state: string
    amount_minor_units: bigint
    currency: string
    created_at: bigint
    issuer_id: string | null
    payment_attempt_id: string | null
    retrieval_reference_number: string | null
    systems_trace_audit_number: string | null
  }>(
    `SELECT payment_id, merchant_id, order_id, state, amount_minor_units, currency, created_at, issuer_id, payment_attempt_id,
       retrieval_reference_number, systems_trace_audit_number
     FROM edge.payments WHERE $1::bigint IS NULL OR (created_at, payment_id) > ($1, $2::uuid) ORDER BY created_at, payment_id LIMIT $3`,
    [after?.createdAt, after?.paymentId, limit],
  )
  return rows.map((row) => ({
    paymentId: readId(row.payment_id),
    merchantId: readId(row.merchant_id),
    orderId: row.order_id,
    state: readState(row.state),
    amountMinorUnits: row.amount_minor_units.toString(),
    currency: readCurrency(row.currency),
    createdAt: Number(row.created_at),
    ...(row.issuer_id === null ? {} : { issuerId: readId(row.issuer_id) }),
    ...(row.payment_attempt_id === null ? {} : { paymentAttemptId: readId(row.payment_attempt_id) }),
    ...(row.retrieval_reference_number === null ? {} : { retrievalReferenceNumber: row.retrieval_reference_number }),
    ...(row.systems_trace_audit_number === null ? {} : { systemsTraceAuditNumber: row.systems_trace_audit_number }),
  }))
}

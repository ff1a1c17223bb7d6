import { Type, type Static } from 'typebox'
import { CurrencyCode, Id, AmountMinorUnits, UnixSeconds } from './limits.ts'
import { paymentStates } from './merchant-api.ts'

const closed = { additionalProperties: false } as const
const Total = Type.String({ pattern: '^[0-9]{1,30}$', description: 'integer minor units as a string' })
const Totals = Type.Object({ debits: Total, credits: Total }, closed)

/**
 * GET /v1/ledger/summary of edge. `balanced`: debits equal credits in every currency, and captured payments and transfers
 * correspond one to one in payment, amount and currency.
 */
export const LedgerSummary = Type.Object(
  {
    currencies: Type.Object(
      { KRW: Type.Optional(Totals), USD: Type.Optional(Totals), JPY: Type.Optional(Totals), EUR: Type.Optional(Totals) },
      closed,
    ),
    transfers: Type.Integer({ minimum: 0 }),
    captured: Type.Integer({ minimum: 0 }),
    balanced: Type.Boolean(),
  },
  { ...closed, $id: 'LedgerSummary' },
)
export type LedgerSummary = Static<typeof LedgerSummary>

/** A payment as it is compared with the issuers' own journals. */
export const OperationsPayment = Type.Object(
  {
    paymentId: Id,
    merchantId: Id,
    orderId: Type.String({ maxLength: 64 }),
    state: Type.Enum(paymentStates),
    amountMinorUnits: AmountMinorUnits,
    currency: CurrencyCode,
    createdAt: UnixSeconds,
    issuerId: Type.Optional(Id),
    paymentAttemptId: Type.Optional(Id),
    retrievalReferenceNumber: Type.Optional(Type.String({ maxLength: 12 })),
    systemsTraceAuditNumber: Type.Optional(Type.String({ maxLength: 6 })),
  },
  { ...closed, $id: 'OperationsPayment' },
)
export type OperationsPayment = Static<typeof OperationsPayment>

/** GET /v1/ops/payments?after=…&limit=…, oldest first; `next` is the cursor of the following page, absent on the last one. */
export const OperationsPayments = Type.Object(
  {
    payments: Type.Array(OperationsPayment, { maxItems: 1_000 }),
    next: Type.Optional(Type.String({ pattern: '^[0-9]{1,12}-[0-9a-f]{32}$' })),
  },
  { ...closed, $id: 'OperationsPayments' },
)
export type OperationsPayments = Static<typeof OperationsPayments>

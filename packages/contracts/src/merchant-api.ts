import { Type, type Static } from 'typebox'
import { AmountMinorUnits, CurrencyCode, Id, InstalmentMonths, LastFour, NetworkName, UnixSeconds } from './limits.ts'
import { frozenReasons } from './problems.ts'

const closed = { additionalProperties: false } as const

/** Monotonic and versioned: a payment never goes back. */
export const paymentStates = [
  'requires_confirmation',
  'authorizing',
  'authorized',
  'captured',
  'declined',
  'expired',
  'canceled',
  'unanswered',
  'reversed',
] as const
export type PaymentState = (typeof paymentStates)[number]

/** The published transition table. What is not listed is illegal; auto-capture goes from authorizing to captured in one commit. */
export const paymentTransitions: Readonly<Record<PaymentState, readonly PaymentState[]>> = {
  requires_confirmation: ['authorizing', 'canceled', 'expired'],
  authorizing: ['authorized', 'captured', 'declined', 'unanswered', 'expired'],
  authorized: ['captured', 'reversed'],
  captured: [],
  declined: [],
  expired: [],
  canceled: [],
  unanswered: ['reversed'],
  reversed: [],
}

/** A compact JWS (RFC 7515): three base64url parts joined by dots. */
export const CompactJws = Type.String({ pattern: '^[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+$', maxLength: 8_000 })

export const PaymentCreate = Type.Object(
  { request: CompactJws, autoCapture: Type.Optional(Type.Literal(true)) },
  { ...closed, $id: 'PaymentCreate', description: 'request: the payment request, signed by the merchant; see PaymentRequest' },
)
export type PaymentCreate = Static<typeof PaymentCreate>

export const Payment = Type.Object(
  {
    paymentId: Id,
    version: Type.Integer({ minimum: 1 }),
    state: Type.Enum(paymentStates),
    merchantId: Id,
    orderId: Type.String({ maxLength: 64 }),
    orderName: Type.String({ maxLength: 100 }),
    amountMinorUnits: AmountMinorUnits,
    currency: CurrencyCode,
    createdAt: UnixSeconds,
    expiresAt: UnixSeconds,
    checkoutUrl: Type.String({ maxLength: 400 }),
    instalmentMonths: Type.Optional(InstalmentMonths),
    network: Type.Optional(NetworkName),
    lastFour: Type.Optional(LastFour),
    approvalNumber: Type.Optional(Type.String({ maxLength: 8, description: '승인번호, ISO 8583 DE 38' })),
    retrievalReferenceNumber: Type.Optional(Type.String({ maxLength: 12 })),
    declineReason: Type.Optional(Type.String({ maxLength: 60, description: 'a stable word; see response codes' })),
  },
  { ...closed, $id: 'Payment' },
)
export type Payment = Static<typeof Payment>

export const ProblemDocument = Type.Object(
  {
    type: Type.String({ maxLength: 200 }),
    title: Type.String({ maxLength: 120 }),
    status: Type.Integer(),
    code: Type.String({ maxLength: 60 }),
    requestId: Type.String({ maxLength: 40 }),
    retry: Type.String({ maxLength: 30 }),
    param: Type.Optional(Type.String({ maxLength: 60 })),
    triesLeft: Type.Optional(Type.Integer()),
    retired: Type.Optional(Type.String({ maxLength: 64 })),
    closingStatement: Type.Optional(Type.String({ maxLength: 400 })),
    frozenReason: Type.Optional(Type.Enum(frozenReasons)),
  },
  { ...closed, $id: 'Problem', description: 'RFC 9457 problem details' },
)
export type ProblemDocument = Static<typeof ProblemDocument>

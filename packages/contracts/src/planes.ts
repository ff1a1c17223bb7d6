import { Type, type Static } from 'typebox'
import { suspensionCauses } from './issuer-link.ts'
import { AmountMinorUnits, Base64url, CurrencyCode, Hash, Id, InstalmentMonths, UnixSeconds } from './limits.ts'

const closed = { additionalProperties: false } as const
const Message = Base64url(8_000)

/** edge → vault, over a private socket. Edge never sees a share: only what the device agreed to pay. */

/** POST /wallets → WalletOffer; POST /wallets/{walletId} WalletAccept → WalletCreated; POST /wallets/{walletId}/open CustodyMessage → CustodyMessage. */

/** POST /wallets/{walletId}/check: opens and verifies the device's message, changing nothing. */
export const CheckRequest = Type.Object({ message: Message }, closed)
export type CheckRequest = Static<typeof CheckRequest>

/** The payment as the device signed it, without anything that signs. */
export const PaymentTerms = Type.Object(
  {
    kind: Type.Literal('pay'),
    tokenReferenceId: Id,
    paymentAttemptId: Id,
    merchantId: Id,
    requestHash: Type.String({ pattern: '^[0-9a-f]{64}$' }),
    amountMinorUnits: AmountMinorUnits,
    currencyNumeric: Type.String({ pattern: '^[0-9]{3}$' }),
    instalmentMonths: InstalmentMonths,
    expiresAt: UnixSeconds,
    channel: Type.Integer({ minimum: 1, maximum: 255 }),
    deviceKeyKind: Type.Integer({ minimum: 0, maximum: 2 }),
  },
  closed,
)
export type PaymentTerms = Static<typeof PaymentTerms>
/** Everything that is no payment: `close` ends the wallet, the others only change what its halves are. */
export const otherKinds = ['bind', 'record', 'refresh', 'pinset', 'close'] as const
export const OtherTerms = Type.Object({ kind: Type.Enum(otherKinds), paymentAttemptId: Id }, closed)
export type OtherTerms = Static<typeof OtherTerms>

/** `ready`: hold it now and call sign with the handle. `repeated`: these very bytes were answered before; `done` is that answer. */
export const CheckAnswer = Type.Union([
  Type.Object(
    { outcome: Type.Literal('ready'), handle: Type.String({ pattern: '^[0-9a-f]{64}$' }), terms: Type.Union([PaymentTerms, OtherTerms]) },
    closed,
  ),
  Type.Object({ outcome: Type.Literal('repeated'), done: Message, paymentAttemptId: Id }, closed),
])
export type CheckAnswer = Static<typeof CheckAnswer>

/** POST /wallets/{walletId}/sign: takes the slot, TX1, co-signs, TX2. The handle is SHA-256 of the checked message. */
export const SignHandle = Type.Object({ handle: Type.String({ pattern: '^[0-9a-f]{64}$' }) }, closed)
export type SignHandle = Static<typeof SignHandle>

/** What goes to the issuer: the message, the joint signature and the device signature. */
export const SignedMessage = Type.Object(
  {
    message: Base64url(1_000),
    signature: Base64url(86),
    deviceKeyKind: Type.Integer({ minimum: 0, maximum: 2 }),
    deviceSignature: Base64url(1_000),
  },
  closed,
)
export type SignedMessage = Static<typeof SignedMessage>
export const CosignAnswer = Type.Union([
  Type.Object({ outcome: Type.Literal('signed'), done: Message, signed: SignedMessage }, closed),
  Type.Object({ outcome: Type.Literal('wrong'), done: Message, triesLeft: Type.Integer({ minimum: 0, maximum: 5 }) }, closed),
])
export type CosignAnswer = Static<typeof CosignAnswer>

/** GET /wallets/{walletId}/attempts/{paymentAttemptId}: after a crash of edge. `not-signed` is final for handles given before the call. */
export const AttemptAnswer = Type.Union([
  Type.Object({ outcome: Type.Literal('signed'), signed: SignedMessage }, closed),
  Type.Object({ outcome: Type.Literal('not-signed') }, closed),
])
export type AttemptAnswer = Static<typeof AttemptAnswer>

/** POST /stops: freezes the wallet whose stop code has this hash. The wallet id is for edge alone, never for who asked. */
export const StopRequest = Type.Object({ codeHash: Hash }, closed)
export type StopRequest = Static<typeof StopRequest>
export const StopAnswer = Type.Object({ walletId: Type.Optional(Id) }, closed)
export type StopAnswer = Static<typeof StopAnswer>

/**
 * POST /demands, by the operator after containment: the wallets of the scope sign nothing before one refresh, and nothing at all after
 * the deadline. A group is the first byte of the wallet id.
 */
export const DemandRequest = Type.Object(
  {
    scope: Type.Union([
      Type.Object({ kind: Type.Literal('wallet'), walletId: Id }, closed),
      Type.Object({ kind: Type.Literal('group'), group: Type.Integer({ minimum: 0, maximum: 255 }) }, closed),
      Type.Object({ kind: Type.Literal('all') }, closed),
    ]),
    deadlineSeconds: Type.Integer({ minimum: 60, maximum: 31_622_400 }),
  },
  closed,
)
export type DemandRequest = Static<typeof DemandRequest>
export const DemandAnswer = Type.Object({ marked: Type.Integer({ minimum: 0 }) }, closed)
export type DemandAnswer = Static<typeof DemandAnswer>

const Generation = Type.Integer({ minimum: 1, maximum: 999_999_999 })
const Count = Type.Integer({ minimum: 0 })

/** Operator → vault, over the private socket. POST /keys/rotate → KeyRotation, which GET /keys tells as it goes on. */
export const KeyRotation = Type.Object(
  {
    state: Type.Enum(['none', 'resealing', 'destroying', 'finished', 'failed']),
    to: Type.Integer({ minimum: 0 }),
    done: Count,
    total: Count,
    seconds: Type.Number({ minimum: 0 }),
    destroyed: Type.Array(Generation, { maxItems: 1_000 }),
  },
  closed,
)
export type KeyRotation = Static<typeof KeyRotation>

/** GET /keys: key-encryption keys by generation, how each is protected, and how many sealed values need which. */
export const KeysAnswer = Type.Object(
  {
    newest: Generation,
    signingKeyProtection: Type.Enum(['file', 'pkcs11']),
    stores: Type.Array(
      Type.Object(
        { protection: Type.Enum(['file', 'pkcs11']), generations: Type.Array(Generation, { maxItems: 1_000 }), isReadable: Type.Boolean() },
        closed,
      ),
      { maxItems: 2 },
    ),
    values: Type.Array(Type.Object({ generation: Generation, count: Count }, closed), { maxItems: 1_000 }),
    destroyed: Type.Array(Generation, { maxItems: 10_000 }),
    rotation: KeyRotation,
    /** The latest restore that was accepted, and how many wallets have been named with an epoch that the database does not know. */
    restore: Type.Optional(Type.Object({ name: Type.String({ maxLength: 60 }), walletsAhead: Count }, closed)),
  },
  closed,
)
export type KeysAnswer = Static<typeof KeysAnswer>

/** POST /keys/verify. */
export const KeysVerified = Type.Object(
  {
    isVerified: Type.Boolean(),
    values: Count,
    generationsMissing: Type.Array(Generation, { maxItems: 1_000 }),
    destroyedButPresent: Type.Array(Generation, { maxItems: 1_000 }),
    /** Whether a value of a row from before the latest rotation still opens. */
    oldRow: Type.Enum(['none', 'opens', 'does-not-open']),
  },
  closed,
)
export type KeysVerified = Static<typeof KeysVerified>

/** POST /keys/destroy. */
export const KeyDestroyRequest = Type.Object({ generation: Generation }, closed)
export type KeyDestroyRequest = Static<typeof KeyDestroyRequest>
export const KeyDestroyAnswer = Type.Object({ outcome: Type.Enum(['destroyed', 'newest', 'needed', 'unknown']) }, closed)
export type KeyDestroyAnswer = Static<typeof KeyDestroyAnswer>

/** edge → link. POST /authorizations, idempotent by paymentId; GET /authorizations/{paymentId}. */
export const AuthorizationRequest = Type.Object(
  {
    paymentId: Id,
    issuerId: Id,
    tokenReferenceId: Id,
    merchantId: Id,
    merchantName: Type.String({ maxLength: 40 }),
    amountMinorUnits: AmountMinorUnits,
    currency: CurrencyCode,
    instalmentMonths: InstalmentMonths,
    channel: Type.Integer({ minimum: 1, maximum: 255 }),
    signed: SignedMessage,
  },
  closed,
)
export type AuthorizationRequest = Static<typeof AuthorizationRequest>
export const authorizationOutcomes = ['pending', 'approved', 'declined', 'unanswered', 'reversed', 'unsent'] as const

/** `unsent`: nothing left for the issuer (no session), so the payment may be declined without a reversal. */
export const AuthorizationAnswer = Type.Object(
  {
    outcome: Type.Enum(authorizationOutcomes),
    systemsTraceAuditNumber: Type.Optional(Type.String({ maxLength: 6 })),
    retrievalReferenceNumber: Type.Optional(Type.String({ maxLength: 12 })),
    authorizationIdResponse: Type.Optional(Type.String({ maxLength: 6 })),
    responseCode: Type.Optional(Type.String({ maxLength: 2 })),
    reason: Type.Optional(Type.String({ maxLength: 60 })),
  },
  closed,
)
export type AuthorizationAnswer = Static<typeof AuthorizationAnswer>

/** edge → link. POST /suspensions, idempotent by wallet and token: the issuer must not approve with this token of this wallet any more. */
export const TokenSuspension = Type.Object({ walletId: Id, tokenReferenceId: Id, issuerId: Id, cause: Type.Enum(suspensionCauses) }, closed)
export type TokenSuspension = Static<typeof TokenSuspension>

/** `queued`: stored, and sent to the issuer until it is acknowledged, over restarts. */
export const SuspensionAnswer = Type.Object({ state: Type.Enum(['queued', 'acknowledged']) }, closed)
export type SuspensionAnswer = Static<typeof SuspensionAnswer>

import { Type, type Static } from 'typebox'
import { keyProtections } from './key-protection.ts'
import { AmountMinorUnits, Base64url, CurrencyCode, Id, LastFour, NetworkName, UnixSeconds } from './limits.ts'

const closed = { additionalProperties: false } as const

/** Device to issuer front, directly. POST /v1/enrolments opens one and names the nonce that the binding must carry. */
export const EnrolmentOpen = Type.Object({ walletId: Id, operatorId: Id }, { ...closed, $id: 'EnrolmentOpen' })
export type EnrolmentOpen = Static<typeof EnrolmentOpen>
export const EnrolmentOpened = Type.Object({ enrolmentId: Id, nonce: Id, expiresAt: UnixSeconds }, { ...closed, $id: 'EnrolmentOpened' })
export type EnrolmentOpened = Static<typeof EnrolmentOpened>

/** What the authenticator of a passkey said when it was made (WebAuthn Level 3, section 5.2.1). Where it is absent, it proves nothing. */
export const PasskeyRegistration = Type.Object({ attestationObject: Base64url(8_000), clientDataJson: Base64url(1_000) }, closed)
export type PasskeyRegistration = Static<typeof PasskeyRegistration>

/**
 * POST /v1/enrolments/{enrolmentId}: the card sealed to the issuer (HPKE base, X-Wing; info = frame(enrol; issuer, nonce, wallet);
 * aad empty; plaintext = the JSON of CardData) and the jointly signed `bind` message.
 */
export const EnrolmentSubmit = Type.Object(
  {
    keyId: Type.String({ pattern: '^[0-9a-f]{16}$' }),
    encapsulatedSecret: Base64url(1_600),
    ciphertext: Base64url(4_000),
    message: Base64url(1_000),
    signature: Base64url(86),
    deviceKeyKind: Type.Integer({ minimum: 0, maximum: 2 }),
    deviceSignature: Base64url(1_000),
    registration: Type.Optional(PasskeyRegistration),
  },
  { ...closed, $id: 'EnrolmentSubmit' },
)
export type EnrolmentSubmit = Static<typeof EnrolmentSubmit>

export const enrolmentStates = ['open', 'awaiting_approval', 'active', 'refused', 'expired'] as const
export type EnrolmentState = (typeof enrolmentStates)[number]

/** GET /v1/enrolments/{enrolmentId}. `grant` and what follows are present once a person has approved. */
export const Enrolment = Type.Object(
  {
    enrolmentId: Id,
    state: Type.Enum(enrolmentStates),
    approvalUrl: Type.Optional(Type.String({ maxLength: 300 })),
    tokenReferenceId: Type.Optional(Id),
    network: Type.Optional(NetworkName),
    lastFour: Type.Optional(LastFour),
    keyProtection: Type.Optional(Type.Enum(keyProtections)),
    grant: Type.Optional(Base64url(1_000)),
    signature: Type.Optional(Base64url(86)),
  },
  { ...closed, $id: 'Enrolment' },
)
export type Enrolment = Static<typeof Enrolment>

/** What the device seals to the issuer, as JSON. Nobody else ever has it in one piece. */
export const CardData = Type.Object(
  {
    primaryAccountNumber: Type.String({ pattern: '^[0-9]{12,19}$' }),
    expiry: Type.String({ pattern: '^[0-9]{2}(0[1-9]|1[0-2])$', description: 'YYMM, as ISO 8583 DE 14' }),
    securityCode: Type.String({ pattern: '^[0-9]{3,4}$' }),
    holderName: Type.String({ minLength: 1, maxLength: 60 }),
    phoneNumber: Type.String({ pattern: '^\\+?[0-9-]{7,20}$' }),
    postalAddress: Type.String({ maxLength: 200 }),
  },
  closed,
)
export type CardData = Static<typeof CardData>

/** GET /v1/journal?after=…&limit=… of a front or a host, with its own bearer key: what that party wrote down itself. */
export const journalOutcomes = ['approved', 'declined', 'reversed'] as const
export const JournalEntry = Type.Object(
  {
    sequence: Type.Integer({ minimum: 1 }),
    retrievalReferenceNumber: Type.String({ maxLength: 12 }),
    systemsTraceAuditNumber: Type.String({ maxLength: 6 }),
    amountMinorUnits: AmountMinorUnits,
    currency: CurrencyCode,
    outcome: Type.Enum(journalOutcomes),
    responseCode: Type.String({ maxLength: 2 }),
    tokenReferenceId: Type.Optional(Id),
    paymentAttemptId: Type.Optional(Id),
  },
  { ...closed, $id: 'JournalEntry' },
)
export type JournalEntry = Static<typeof JournalEntry>
export const Journal = Type.Object(
  { entries: Type.Array(JournalEntry, { maxItems: 1_000 }), next: Type.Integer({ minimum: 0 }) },
  { ...closed, $id: 'Journal' },
)
export type Journal = Static<typeof Journal>

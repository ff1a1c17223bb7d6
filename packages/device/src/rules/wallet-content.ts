import { Type, type Static } from 'typebox'
import { Value } from 'typebox/value'
import { WalletCard } from '@symbolon/contracts/frame-messages'
import { Base64url, Id } from '@symbolon/contracts/limits'
import type { DeviceEpoch, DeviceStored } from '@symbolon/custody/device'
import { base64urlToBytes, bytesToBase64url, parseUtf8, utf8ToBytes } from '@symbolon/formats/bytes'
import { fail, ok, type Result } from '@symbolon/formats/result'

/** Limits of one wallet: its record has a fixed size. */
export const maximumCards = 8
export const maximumIntents = 8

const closed = { additionalProperties: false } as const
const Bytes32 = Base64url(43)

/** What an attempt was for. A purchase keeps its `paymentAttemptId` over all retries (2-custody 1.2). */
const IntentSchema = Type.Object(
  {
    kind: Type.Union([Type.Literal('pay'), Type.Literal('bind'), Type.Literal('record')]),
    paymentAttemptId: Id,
    paymentId: Type.Optional(Id),
    requestHash: Type.Optional(Type.String({ pattern: '^[0-9a-f]{64}$' })),
    amountMinorUnits: Type.Optional(Type.String({ maxLength: 12 })),
  },
  closed,
)
export type Intent = Static<typeof IntentSchema>

/** `isOpen`: a message of this purchase was sent and its final state has not been learnt. */
const PurchaseSchema = Type.Object({ paymentId: Id, paymentAttemptId: Id, isOpen: Type.Boolean() }, closed)
export type Purchase = Static<typeof PurchaseSchema>

const StoredCardSchema = Type.Object({ card: WalletCard, issuerId: Id, recordId: Id }, closed)
export type StoredCard = Static<typeof StoredCardSchema>

const EpochSchema = Type.Object({ eid: Id, key: Bytes32, maskedShare: Bytes32, salt: Bytes32 }, closed)
const LastSchema = Type.Object({ slotId: Id, state: Type.Integer({ minimum: 0, maximum: 4 }) }, closed)
const StoredSchema = Type.Object(
  {
    version: Type.Literal(1),
    walletId: Id,
    walletKey: Bytes32,
    pinSalt: Base64url(22),
    current: EpochSchema,
    pending: Type.Union([EpochSchema, Type.Null()]),
    counter: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }),
    last: LastSchema,
    attempt: Type.Union([Type.Object({ slotId: Id, intent: IntentSchema }, closed), Type.Null()]),
    triesLeft: Type.Integer({ minimum: 0, maximum: 5 }),
    isFrozen: Type.Boolean(),
    purchases: Type.Array(PurchaseSchema, { maxItems: maximumIntents }),
    cards: Type.Array(StoredCardSchema, { maxItems: maximumCards }),
    /** Absent in wallets of a PIN alone. */
    protection: Type.Optional(Type.Union([Type.Literal('pin-and-passkey'), Type.Literal('passkey')])),
  },
  closed,
)

/** What turns the stored c into a_d: a PIN, a passkey's PRF beside it, or the PRF alone (2-custody 1.7). */
export type WalletProtection = 'pin' | 'pin-and-passkey' | 'passkey'

/** K, c and the device-only salt of one epoch. */
export type EpochSecrets = { readonly key: Uint8Array; readonly maskedShare: Uint8Array; readonly salt: Uint8Array }

/** Everything durable of a wallet but the record halves. */
export type WalletContent = {
  readonly walletId: string
  readonly walletKey: Uint8Array
  readonly pinSalt: Uint8Array
  readonly stored: DeviceStored<EpochSecrets, Intent>
  readonly triesLeft: number
  readonly isFrozen: boolean
  readonly purchases: readonly Purchase[]
  readonly cards: readonly StoredCard[]
  readonly protection: WalletProtection
}

/** The body of the wallet's record. */
export function encodeWalletContent(content: WalletContent): Uint8Array {
  const { stored } = content
  const value: Static<typeof StoredSchema> = {
    version: 1,
    walletId: content.walletId,
    walletKey: bytesToBase64url(content.walletKey),
    pinSalt: bytesToBase64url(content.pinSalt),
    current: encodeEpoch(stored.current),
    pending: stored.pending === null ? null : encodeEpoch(stored.pending),
    counter: stored.counter,
    last: stored.last,
    attempt: stored.attempt,
    triesLeft: content.triesLeft,
    isFrozen: content.isFrozen,
    purchases: [...content.purchases],
    cards: [...content.cards],
    ...(content.protection === 'pin' ? {} : { protection: content.protection }),
  }
  return utf8ToBytes(JSON.stringify(value))
}

export function parseWalletContent(body: Uint8Array): Result<WalletContent, { readonly code: 'WALLET_STORAGE_DAMAGED' }> {
  const value = parseJson(body)
  if (!Value.Check(StoredSchema, value)) return fail({ code: 'WALLET_STORAGE_DAMAGED' })
  return ok({
    walletId: value.walletId,
    walletKey: base64urlToBytes(value.walletKey),
    pinSalt: base64urlToBytes(value.pinSalt),
    stored: {
      current: decodeEpoch(value.current),
      pending: value.pending === null ? null : decodeEpoch(value.pending),
      counter: value.counter,
      last: value.last,
      attempt: value.attempt,
    },
    triesLeft: value.triesLeft,
    isFrozen: value.isFrozen,
    purchases: value.purchases,
    cards: value.cards,
    protection: value.protection ?? 'pin',
  })
}

function encodeEpoch({ eid, secrets }: DeviceEpoch<EpochSecrets>): Static<typeof EpochSchema> {
  const { key, maskedShare, salt } = secrets
  return { eid, key: bytesToBase64url(key), maskedShare: bytesToBase64url(maskedShare), salt: bytesToBase64url(salt) }
}

function decodeEpoch({ eid, key, maskedShare, salt }: Static<typeof EpochSchema>): DeviceEpoch<EpochSecrets> {
  return { eid, secrets: { key: base64urlToBytes(key), maskedShare: base64urlToBytes(maskedShare), salt: base64urlToBytes(salt) } }
}

function parseJson(body: Uint8Array): unknown {
  const text = parseUtf8(body)
  if (!text.ok) return undefined
  try {
    return JSON.parse(text.value)
  } catch {
    return undefined
  }
}

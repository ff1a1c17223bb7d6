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

/** What an attempt was for. A purchase keeps its `paymentAttemptId` over all retries (docs/custody.md 2). */
const IntentSchema = Type.Object(
  {
    kind: Type.Enum(['pay', 'bind', 'record', 'refresh', 'pinset', 'close'] as const),
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

const EpochSchema = Type.Object({ eid: Id, key: Bytes32, maskedShare: Bytes32, salt: Bytes32, recordKey: Type.Optional(Bytes32) }, closed)
const LastSchema = Type.Object({ slotId: Id, state: Type.Integer({ minimum: 0, maximum: 4 }) }, closed)
const walletMembers = {
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
  pinChange: Type.Optional(Type.Enum(['unconfirmed', 'changed', 'undone'] as const)),
  /** Absent in wallets of a PIN alone. */
  protection: Type.Optional(Type.Union([Type.Literal('pin-and-passkey'), Type.Literal('passkey')])),
}
/** A wallet that no card has moved to yet: its cards are those of the old one that its rebinds name. */
const YoungWalletSchema = Type.Object({ ...walletMembers, cards: Type.Array(StoredCardSchema, { maxItems: 0 }) }, closed)
/** What an issuer was asked for: tokens of the old wallet, and where the person approves. */
const PendingRebindSchema = Type.Object(
  {
    rebindId: Id,
    issuerId: Id,
    approvalUrl: Type.String({ maxLength: 300 }),
    tokenReferenceIds: Type.Array(Id, { minItems: 1, maxItems: maximumCards }),
    state: Type.Union([Type.Literal('awaiting_approval'), Type.Literal('active'), Type.Literal('refused')]),
  },
  closed,
)
export type PendingRebind = Static<typeof PendingRebindSchema>
const SuccessorSchema = Type.Object(
  { wallet: YoungWalletSchema, rebinds: Type.Array(PendingRebindSchema, { maxItems: maximumCards }) },
  closed,
)
const StoredSchema = Type.Object({ version: Type.Literal(1), ...walletMembers, successor: Type.Optional(SuccessorSchema) }, closed)

/** What is left of a wallet after it was closed: the vault's signed word that its half is destroyed, and when that was. */
const ClosingSchema = Type.Object(
  { walletId: Id, closedAt: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }), statement: Base64url(400) },
  closed,
)
export type Closing = Readonly<Static<typeof ClosingSchema>>
const ClosedSchema = Type.Object({ version: Type.Literal(1), closing: ClosingSchema }, closed)
export type StoredWallet =
  | { readonly kind: 'open'; readonly content: WalletContent }
  | { readonly kind: 'closed'; readonly closing: Closing }

/** What turns the stored c into a_d: a PIN, a passkey's PRF beside it, or the PRF alone (docs/custody.md 9). */
export type WalletProtection = 'pin' | 'pin-and-passkey' | 'passkey'

/**
 * K, c and the device-only salt of one epoch. `recordKey` moves the record halves when this epoch is promoted (docs/custody.md 11); a current
 * epoch that still has it has halves that were not moved yet.
 */
export type EpochSecrets = {
  readonly key: Uint8Array
  readonly maskedShare: Uint8Array
  readonly salt: Uint8Array
  readonly recordKey?: Uint8Array
}

/**
 * What became of the latest change of the PIN. `unconfirmed`: the vault signed it and either PIN may be right; the next open decides, and
 * then it is `changed`, or `undone` where the vault fell back. The next signature takes it away.
 */
export type PinChange = 'unconfirmed' | 'changed' | 'undone'

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
  readonly pinChange?: PinChange
  /** The wallet that will take this one's place, beside it in the same record until an issuer has moved a card (docs/custody.md 14). */
  readonly successor?: Successor
}
export type Successor = { readonly wallet: WalletContent; readonly rebinds: readonly PendingRebind[] }

/** The body of the wallet's record. */
export function encodeWalletContent(content: WalletContent): Uint8Array {
  const { successor } = content
  const value: Static<typeof StoredSchema> = {
    version: 1,
    ...encodeWallet(content),
    cards: [...content.cards],
    ...(successor === undefined
      ? {}
      : { successor: { wallet: { ...encodeWallet(successor.wallet), cards: [] }, rebinds: [...successor.rebinds] } }),
  }
  return utf8ToBytes(JSON.stringify(value))
}

export function parseWalletContent(body: Uint8Array): Result<WalletContent, { readonly code: 'WALLET_STORAGE_DAMAGED' }> {
  const value = parseJson(body)
  if (!Value.Check(StoredSchema, value)) return fail({ code: 'WALLET_STORAGE_DAMAGED' })
  const { successor } = value
  return ok({
    ...decodeWallet(value),
    ...(successor === undefined ? {} : { successor: { wallet: decodeWallet(successor.wallet), rebinds: successor.rebinds } }),
  })
}

type WalletJson = Omit<Static<typeof StoredSchema>, 'version' | 'successor'>

function encodeWallet(content: WalletContent): Omit<WalletJson, 'cards'> {
  const { stored } = content
  return {
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
    ...(content.protection === 'pin' ? {} : { protection: content.protection }),
    ...(content.pinChange === undefined ? {} : { pinChange: content.pinChange }),
  }
}

/** Reads a record: an open wallet, or what is left of a closed one. */
export function parseStoredWallet(body: Uint8Array): Result<StoredWallet, { readonly code: 'WALLET_STORAGE_DAMAGED' }> {
  const value = parseJson(body)
  if (Value.Check(ClosedSchema, value)) return ok({ kind: 'closed', closing: value.closing })
  const content = parseWalletContent(body)
  return content.ok ? ok({ kind: 'open', content: content.value }) : content
}

/** The body of a closed wallet's record: nothing of it is secret. */
export function encodeClosing(closing: Closing): Uint8Array {
  return utf8ToBytes(JSON.stringify({ version: 1, closing } satisfies Static<typeof ClosedSchema>))
}

function decodeWallet(value: WalletJson): WalletContent {
  return {
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
    ...(value.pinChange === undefined ? {} : { pinChange: value.pinChange }),
  }
}

function encodeEpoch({ eid, secrets }: DeviceEpoch<EpochSecrets>): Static<typeof EpochSchema> {
  const { key, maskedShare, salt, recordKey } = secrets
  const epoch = { eid, key: bytesToBase64url(key), maskedShare: bytesToBase64url(maskedShare), salt: bytesToBase64url(salt) }
  return recordKey === undefined ? epoch : { ...epoch, recordKey: bytesToBase64url(recordKey) }
}

function decodeEpoch({ eid, key, maskedShare, salt, recordKey }: Static<typeof EpochSchema>): DeviceEpoch<EpochSecrets> {
  const secrets = { key: base64urlToBytes(key), maskedShare: base64urlToBytes(maskedShare), salt: base64urlToBytes(salt) }
  return { eid, secrets: recordKey === undefined ? secrets : { ...secrets, recordKey: base64urlToBytes(recordKey) } }
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

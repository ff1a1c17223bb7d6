import { Type, type Static } from 'typebox'
import { enrolmentStates, PasskeyRegistration } from './issuer-api.ts'
import { Base64url, Id, LastFour, NetworkName, UnixSeconds } from './limits.ts'

const closed = { additionalProperties: false } as const

/** How many tokens one rebind may move: as many cards as a wallet holds. */
export const maximumRebindTokens = 8

/**
 * Device to issuer front, directly (docs/custody.md 14). POST /v1/rebinds: a new wallet asks to take over the tokens of one that was lost,
 * locked or frozen. A device that has lost even the references adds its card again; the issuer's page then offers to replace.
 */
export const RebindOpen = Type.Object(
  {
    walletId: Id,
    operatorId: Id,
    tokenReferenceIds: Type.Array(Id, { minItems: 1, maxItems: maximumRebindTokens, uniqueItems: true }),
  },
  { ...closed, $id: 'RebindOpen' },
)
export type RebindOpen = Static<typeof RebindOpen>
export const RebindOpened = Type.Object({ rebindId: Id, nonce: Id, expiresAt: UnixSeconds }, { ...closed, $id: 'RebindOpened' })
export type RebindOpened = Static<typeof RebindOpened>

/**
 * POST /v1/rebinds/{rebindId}: the `bind` message of the new wallet, which names the nonce, and the signature of the old device key
 * over frame(hw; m) where the device still has that key.
 */
export const RebindSubmit = Type.Object(
  {
    message: Base64url(1_000),
    signature: Base64url(86),
    deviceKeyKind: Type.Integer({ minimum: 0, maximum: 2 }),
    deviceSignature: Base64url(1_000),
    oldDeviceSignature: Type.Optional(Base64url(1_000)),
    registration: Type.Optional(PasskeyRegistration),
  },
  { ...closed, $id: 'RebindSubmit' },
)
export type RebindSubmit = Static<typeof RebindSubmit>

/** What stands for the person before the issuer asks: the old device key, or nothing, so that the issuer identifies in full again. */
export const rebindProofs = ['device-key', 'identification'] as const
export type RebindProof = (typeof rebindProofs)[number]

const ReboundToken = Type.Object(
  { tokenReferenceId: Id, network: NetworkName, lastFour: LastFour, grant: Base64url(1_000), signature: Base64url(86) },
  closed,
)

/** GET /v1/rebinds/{rebindId}. `tokens` with their new grants are there once a person has approved. */
export const Rebind = Type.Object(
  {
    rebindId: Id,
    state: Type.Enum(enrolmentStates),
    proof: Type.Optional(Type.Enum(rebindProofs)),
    approvalUrl: Type.Optional(Type.String({ maxLength: 300 })),
    tokens: Type.Optional(Type.Array(ReboundToken, { maxItems: maximumRebindTokens })),
  },
  { ...closed, $id: 'Rebind' },
)
export type Rebind = Static<typeof Rebind>

/** What happened to a token beside its payments. `cause` says on whose word. */
export const tokenEventKinds = ['bound', 'rebound', 'suspended', 'resumed', 'deleted'] as const
export const tokenEventCauses = [
  'enrolment',
  'device-key',
  'identification',
  'customer',
  'office',
  'alarm',
  'stop-code',
  'stayed-away',
  'closed',
] as const
export type TokenEventKind = (typeof tokenEventKinds)[number]
export type TokenEventCause = (typeof tokenEventCauses)[number]
export const TokenEvent = Type.Object(
  {
    sequence: Type.Integer({ minimum: 1 }),
    at: UnixSeconds,
    tokenReferenceId: Id,
    walletId: Id,
    kind: Type.Enum(tokenEventKinds),
    cause: Type.Enum(tokenEventCauses),
  },
  { ...closed, $id: 'TokenEvent' },
)
export type TokenEvent = Static<typeof TokenEvent>

/** GET /v1/journal/tokens?after=…&limit=… of a front, with its journal key. */
export const TokenJournal = Type.Object(
  { entries: Type.Array(TokenEvent, { maxItems: 1_000 }), next: Type.Integer({ minimum: 0 }) },
  { ...closed, $id: 'TokenJournal' },
)
export type TokenJournal = Static<typeof TokenJournal>

import { Type, type Static } from 'typebox'
import { Id, LastFour, LocalisedText, NetworkName } from './limits.ts'
import { paymentStates } from './merchant-api.ts'
import { frozenReasons } from './problems.ts'

const closed = { additionalProperties: false } as const
const Locale = Type.Union([Type.Literal('ko'), Type.Literal('en')])

/** Chat page → device frame (postMessage). The page says what to do; everything secret is asked inside the frame. */
export const FrameCommand = Type.Union([
  Type.Object({ kind: Type.Literal('symbolon/show-wallet'), locale: Locale }, closed),
  Type.Object({ kind: Type.Literal('symbolon/create-wallet'), locale: Locale }, closed),
  Type.Object({ kind: Type.Literal('symbolon/add-card'), locale: Locale }, closed),
  Type.Object({ kind: Type.Literal('symbolon/show-card'), locale: Locale, tokenReferenceId: Id }, closed),
  Type.Object({ kind: Type.Literal('symbolon/pay'), locale: Locale, paymentId: Id }, closed),
  Type.Object({ kind: Type.Literal('symbolon/close') }, closed),
])
export type FrameCommand = Static<typeof FrameCommand>

export const WalletCard = Type.Object(
  {
    tokenReferenceId: Type.Optional(Id),
    enrolmentId: Id,
    issuerName: LocalisedText,
    network: NetworkName,
    lastFour: LastFour,
    state: Type.Union([Type.Literal('awaiting_approval'), Type.Literal('active'), Type.Literal('refused')]),
    /** The card came over from a wallet that was lost, and its record did not: it pays, and is shown only after it is entered again. */
    isRecordMissing: Type.Optional(Type.Boolean()),
  },
  closed,
)
export type WalletCard = Static<typeof WalletCard>

/** Device frame → chat page. Only what the operator may know anyway. */
export const FrameEvent = Type.Union([
  Type.Object({ kind: Type.Literal('symbolon/ready') }, closed),
  /** Another tab holds the wallet; the frame asks on. */
  Type.Object({ kind: Type.Literal('symbolon/in-use') }, closed),
  /** The browser gives an embedded page no storage: the wallet opens in a window of its own, at a press inside the frame. */
  Type.Object({ kind: Type.Literal('symbolon/needs-window') }, closed),
  Type.Object({ kind: Type.Literal('symbolon/resize'), heightPixels: Type.Integer({ minimum: 0, maximum: 4_000 }) }, closed),
  Type.Object(
    {
      kind: Type.Literal('symbolon/wallet'),
      exists: Type.Boolean(),
      health: Type.Enum(['none', 'ready', 'locked', 'frozen', 'closed'] as const),
      /** With `frozen`: what happened, so that the conversation can say it. */
      frozenReason: Type.Optional(Type.Enum(frozenReasons)),
      cards: Type.Array(WalletCard, { maxItems: 20 }),
    },
    closed,
  ),
  Type.Object({ kind: Type.Literal('symbolon/payment'), paymentId: Id, state: Type.Enum(paymentStates) }, closed),
  Type.Object(
    {
      kind: Type.Literal('symbolon/closed'),
      reason: Type.Union([Type.Literal('done'), Type.Literal('canceled'), Type.Literal('failed')]),
      code: Type.Optional(Type.String({ maxLength: 60 })),
    },
    closed,
  ),
])
export type FrameEvent = Static<typeof FrameEvent>

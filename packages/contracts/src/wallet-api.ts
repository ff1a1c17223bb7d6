import { Type, type Static } from 'typebox'
import { Base64url, Id } from './limits.ts'
import { CompactJws, Payment } from './merchant-api.ts'

const closed = { additionalProperties: false } as const

/** Device to edge. `message` is a custody frame that edge relays unopened; packages/custody/src/messages.ts has its bytes. */
export const CustodyMessage = Type.Object({ message: Base64url(8_000) }, { ...closed, $id: 'CustodyMessage' })
export type CustodyMessage = Static<typeof CustodyMessage>

/** POST /v1/wallets answers a signed offer; POST /v1/wallets/{walletId} takes the sealed answer of the device. */
export const WalletOffer = Type.Object({ walletId: Id, offer: Base64url(2_000) }, { ...closed, $id: 'WalletOffer' })
export type WalletOffer = Static<typeof WalletOffer>
export const WalletAccept = Type.Object({ sealed: Base64url(4_000) }, { ...closed, $id: 'WalletAccept' })
export type WalletAccept = Static<typeof WalletAccept>
export const WalletCreated = Type.Object({ walletId: Id }, { ...closed, $id: 'WalletCreated' })
export type WalletCreated = Static<typeof WalletCreated>

/** POST /v1/wallets/{walletId}/open: message = frame(open) ‖ mac; answers message = frame(slot) ‖ signature. */

/** POST /v1/wallets/{walletId}/pay. `paymentId` is present for kind pay and absent for every other. */
export const SignRequest = Type.Object({ message: Base64url(8_000), paymentId: Type.Optional(Id) }, { ...closed, $id: 'SignRequest' })
export type SignRequest = Static<typeof SignRequest>

/** `done` is sealed to the device; `payment` is there for kind pay, as it stands when the answer leaves. */
export const SignAnswer = Type.Object({ done: Base64url(8_000), payment: Type.Optional(Payment) }, { ...closed, $id: 'SignAnswer' })
export type SignAnswer = Static<typeof SignAnswer>

/** POST /v1/stops: says a stop code, as a person types it. The answer is the same whether a wallet has this code or not. */
export const StopCode = Type.Object(
  { code: Type.String({ pattern: '^[A-Za-z0-9 -]+$', minLength: 25, maxLength: 60 }) },
  { ...closed, $id: 'StopCode' },
)
export type StopCode = Static<typeof StopCode>

/** POST /v1/wallets/{walletId}/tokens: what the issuer granted, signed by the issuer, so that the operator can route and show it. */
export const TokenRegistration = Type.Object(
  { issuerId: Id, grant: Base64url(1_000), signature: Base64url(86) },
  { ...closed, $id: 'TokenRegistration' },
)
export type TokenRegistration = Static<typeof TokenRegistration>

/** GET /v1/checkout/{paymentId}: what a payer's page needs; the device verifies `request` itself. */
export const Checkout = Type.Object({ payment: Payment, request: CompactJws }, { ...closed, $id: 'Checkout' })
export type Checkout = Static<typeof Checkout>

import type { CardRecord } from '@symbolon/contracts/card-record'
import type { WalletCard } from '@symbolon/contracts/frame-messages'
import type { CardData } from '@symbolon/contracts/issuer-api'
import type { Payment } from '@symbolon/contracts/merchant-api'
import type { PaymentRequest } from '@symbolon/contracts/payment-request'
import type { FrozenReason, Problem } from '@symbolon/contracts/problems'
import type { Result } from '@symbolon/formats/result'
import type { Closing, PinChange, WalletProtection } from './rules/wallet-content.ts'

export type { Closing, PinChange, WalletProtection } from './rules/wallet-content.ts'

export type WalletAnswer<Value> = Result<Value, Problem>

/**
 * `none`: there is no wallet here, or the browser has evicted it. `locked`: no PIN tries are left. `frozen`: a copy of this wallet was
 * noticed, its stop code was said, or it stayed away from a demanded refresh; only the issuer's own channel mends the two. `closed`: it
 * was ended here, with proof.
 */
export type WalletHealth = 'none' | 'ready' | 'locked' | 'frozen' | 'closed'

export type WalletState = {
  readonly exists: boolean
  readonly walletId?: string
  readonly health: WalletHealth
  readonly triesLeft?: number
  readonly protection?: WalletProtection
  readonly cards: readonly WalletCard[]
  /** False: the browser may evict the wallet by itself, under disk pressure or after days without a visit. Say so to the person. */
  readonly isPersistent: boolean
  /** Only with health `closed`: the vault's signed word that its half is destroyed. */
  readonly closing?: Closing
  /** What became of the latest change of the PIN, until the next signature; `settle` decides `unconfirmed`, and until then either PIN may be right. */
  readonly pinChange?: PinChange
  /** A payment was sent and its end is not known yet; `settle` asks. */
  readonly pendingPaymentId?: string
  /** Why the wallet is frozen: proven to this device, or as the co-signer says. */
  readonly frozenReason?: FrozenReason
  /** A new wallet stands ready to take this one's place: what each issuer was asked, and where the person approves. */
  readonly rebinds?: readonly RebindRequest[]
}

/** A wallet that was made just now. Whoever says its stop code, 25 symbols of RFC 4648 base32, freezes it from anywhere. */
export type CreatedWallet = WalletState & { readonly stopCode: string }

export type RebindRequest = {
  readonly issuerName?: WalletCard['issuerName']
  readonly approvalUrl: string
  readonly state: 'awaiting_approval' | 'active' | 'refused'
  readonly cards: readonly WalletCard[]
}
/** `stopCode` of the new wallet: show it once, store it never. Absent when an earlier request was approved in the meantime. */
export type StartedRebind = { readonly state: WalletState; readonly stopCode?: string }
/** `rebound`: the new wallet is in place and pays. `refused`: nobody approved; the wallet is as it was. */
export type RebindProgress = { readonly progress: 'none' | 'awaiting' | 'rebound' | 'refused'; readonly state: WalletState }

/** The merchant-signed request, verified, beside what the operator says of the payment's state. Show these fields and no others. */
export type PaymentToConfirm = { readonly paymentId: string; readonly request: PaymentRequest; readonly payment: Payment }

export type PaymentConfirmation = {
  readonly pin: string
  readonly instalmentMonths: number
  /** The card to pay with; the first active one when absent. */
  readonly tokenReferenceId?: string
}

/**
 * How a confirmation ended. `authorizing`: signed, the issuer has not answered yet; follow it with `followPayment`.
 * `unknown`: the connection was lost after sending; nothing may be said until `settle` has asked.
 * `not-signed`: the vault says in its signed slot that nothing was signed; the payment may be confirmed again.
 */
export type PaymentOutcome =
  | { readonly kind: 'paid'; readonly payment: Payment }
  | { readonly kind: 'declined'; readonly payment: Payment }
  | { readonly kind: 'unanswered'; readonly payment: Payment }
  | { readonly kind: 'reversed'; readonly payment: Payment }
  | { readonly kind: 'expired'; readonly payment: Payment }
  | { readonly kind: 'canceled'; readonly payment: Payment }
  | { readonly kind: 'authorizing'; readonly payment: Payment }
  | { readonly kind: 'not-signed'; readonly paymentId: string }
  | { readonly kind: 'wrong-pin'; readonly triesLeft: number }
  | { readonly kind: 'locked' }
  | { readonly kind: 'unknown'; readonly paymentId: string }

export type CardEnrolment = { readonly card: WalletCard; readonly approvalUrl: string }
export type CardEnrolmentOutcome =
  | { readonly kind: 'submitted'; readonly enrolment: CardEnrolment }
  | { readonly kind: 'wrong-pin'; readonly triesLeft: number }
  | { readonly kind: 'locked' }

export type ShowCardOutcome =
  | { readonly kind: 'shown'; readonly card: CardRecord }
  | { readonly kind: 'wrong-pin'; readonly triesLeft: number }
  | { readonly kind: 'locked' }

/** `unconfirmed`: signed, but the connection ended before the new epoch was in use; the next open decides. */
export type RefreshOutcome =
  | { readonly kind: 'refreshed' }
  | { readonly kind: 'unconfirmed' }
  | { readonly kind: 'wrong-pin'; readonly triesLeft: number }
  | { readonly kind: 'locked' }
/** `undone`: the vault fell back to the epoch before, and with it the old PIN is the right one. */
export type PinChangeOutcome =
  | { readonly kind: PinChange }
  | { readonly kind: 'wrong-pin'; readonly triesLeft: number }
  | { readonly kind: 'locked' }
export type CloseOutcome =
  | { readonly kind: 'closed'; readonly closing: Closing }
  | { readonly kind: 'wrong-pin'; readonly triesLeft: number }
  | { readonly kind: 'locked' }

/**
 * The wallet of one device. Verbs run one after another, also over tabs (`WALLET_IN_USE`); a second `confirmPayment` of the payment
 * that is running joins the first, so a double click is one payment. Nothing throws but Bugs and the Faults of a broken adapter.
 */
export type WalletSdk = {
  loadWallet(): Promise<WalletAnswer<WalletState>>
  /** Whether this device can protect a wallet with a passkey. */
  isPasskeyAvailable(): Promise<boolean>
  /**
   * The PIN has six to twelve digits. A wallet protected by a passkey alone has an empty one, here and in every later call; the
   * authenticator then verifies the person by itself, and nothing counts its tries but the authenticator. The stop code is answered
   * here and nowhere else: show it once, store it never.
   */
  createWallet(pin: string, protection?: WalletProtection): Promise<WalletAnswer<CreatedWallet>>
  startCardEnrolment(card: CardData, pin: string): Promise<WalletAnswer<CardEnrolmentOutcome>>
  /** Asks the issuer what became of the approval and, once active, registers the payment token at the operator. */
  refreshEnrolment(enrolmentId: string): Promise<WalletAnswer<WalletCard>>
  /**
   * Replaces a wallet that is locked, frozen or unknown to the co-signer by a new one that takes over its cards, once their issuers'
   * customer has approved (docs/custody.md 14). The new wallet has a new PIN. Until then the old one stays.
   */
  startRebind(pin: string, protection?: WalletProtection): Promise<WalletAnswer<StartedRebind>>
  /** Asks the issuers what was decided, and puts the new wallet in place when all have. */
  refreshRebind(): Promise<WalletAnswer<RebindProgress>>
  loadPayment(paymentId: string): Promise<WalletAnswer<PaymentToConfirm>>
  /** Opens a slot while the PIN pad is shown. Optional: `confirmPayment` opens by itself. */
  preparePayment(): Promise<WalletAnswer<undefined>>
  confirmPayment(paymentId: string, confirmation: PaymentConfirmation): Promise<WalletAnswer<PaymentOutcome>>
  /** Polls a signed payment until it is final or the time is over. */
  followPayment(paymentId: string, timeoutMs: number): Promise<WalletAnswer<PaymentOutcome>>
  showCard(tokenReferenceId: string, pin: string): Promise<WalletAnswer<ShowCardOutcome>>
  /** Gives both halves and all card records new values. A demanded refresh happens by itself in the next confirmation. */
  refresh(pin: string): Promise<WalletAnswer<RefreshOutcome>>
  /** The new PIN has six to twelve digits and counts from `changed` on. A wallet of a passkey alone has none to change. */
  changePin(oldPin: string, newPin: string): Promise<WalletAnswer<PinChangeOutcome>>
  /** Ends the wallet for ever: both halves are destroyed, and the vault's signed statement is all that stays on this device. */
  closeWallet(pin: string): Promise<WalletAnswer<CloseOutcome>>
  /** After a reload: learns from the signed slot, then from the payment, how the last attempt ended. Undefined: nothing was open. */
  settle(): Promise<WalletAnswer<PaymentOutcome | undefined>>
  /** Finishes what runs and gives the storage back to the next tab. */
  close(): Promise<void>
}

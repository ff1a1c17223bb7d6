import { derivePaymentRequestHash } from '@symbolon/contracts/payment-request'
import { problem, type Problem } from '@symbolon/contracts/problems'
import type { SignableMessage, Slot } from '@symbolon/custody/device'
import { bytesToHex, hexToBytes } from '@symbolon/formats/bytes'
import { currencies } from '@symbolon/formats/money'
import { fail, ok, type Result } from '@symbolon/formats/result'
import { paymentOutcome } from '../rules/payment-outcome.ts'
import { closePurchase, findPurchase, isFinalState } from '../rules/purchases.ts'
import type { Intent } from '../rules/wallet-content.ts'
import type { PaymentConfirmation, PaymentOutcome } from '../wallet-types.ts'
import { loadPayment, type LoadedPayment } from './load-payment.ts'
import { changeContent, getContent, type FlowDependencies, type Session } from './session.ts'
import { signJointly, type SigningOutcome } from './sign-jointly.ts'

/** Byte `channel` of the payment message: online, in the chat page. */
const onlineChannel = 1

export type ConfirmRequest = {
  readonly paymentId: string
  readonly confirmation: PaymentConfirmation
  /** What the person saw, when it was loaded before: these bytes are paid and no others. */
  readonly shown: LoadedPayment | undefined
}

/** The confirmation of a person, carried to its end or to an honest "not known yet" (docs/custody.md 4–5). */
export async function confirmPayment(
  deps: FlowDependencies,
  session: Session,
  { paymentId, confirmation, shown }: ConfirmRequest,
): Promise<Result<PaymentOutcome, Problem>> {
  const loaded = shown === undefined ? await loadPayment(deps, paymentId) : ok(shown)
  if (!loaded.ok) return loaded
  const { request, payment } = loaded.value
  if (payment.state !== 'requires_confirmation') return ok(paymentOutcome(payment))
  if (!request.instalmentMonthsAllowed.includes(confirmation.instalmentMonths)) return fail(problem('PAYMENT_REQUEST_MISMATCH'))
  if (request.expiresAt <= deps.clock.nowSeconds()) return fail(problem('PAYMENT_EXPIRED'))
  const tokenReferenceId = findToken(session, confirmation.tokenReferenceId)
  if (tokenReferenceId === undefined) return fail(problem('WALLET_CARD_MISSING'))
  const intent = intentOf(deps, session, loaded.value)
  const signed = await signJointly(deps, session, {
    pin: confirmation.pin,
    intent,
    buildMessage: messageBuilder(session, { loaded: loaded.value, confirmation, intent, tokenReferenceId }),
  })
  return signed.ok ? await conclude(deps, session, { intent, paymentId, signed: signed.value }) : signed
}

function findToken(session: Session, wanted: string | undefined): string | undefined {
  const active = getContent(session).cards.flatMap(({ card }) =>
    card.state === 'active' && card.tokenReferenceId !== undefined ? [card.tokenReferenceId] : [],
  )
  return wanted === undefined ? active[0] : active.find((tokenReferenceId) => tokenReferenceId === wanted)
}

// One purchase has one attempt id for ever: the issuer approves it once, however often it is sent (docs/custody.md 2).
function intentOf(deps: FlowDependencies, session: Session, { paymentId, request, compactJws }: LoadedPayment): Intent {
  const known = findPurchase(getContent(session), paymentId)
  return {
    kind: 'pay',
    paymentId,
    paymentAttemptId: known?.paymentAttemptId ?? bytesToHex(deps.randomBytes(16)),
    requestHash: bytesToHex(derivePaymentRequestHash(compactJws)),
    amountMinorUnits: request.amountMinorUnits,
  }
}

type MessageParts = {
  readonly loaded: LoadedPayment
  readonly confirmation: PaymentConfirmation
  readonly intent: Intent
  readonly tokenReferenceId: string
}

function messageBuilder(
  session: Session,
  { loaded, confirmation, intent, tokenReferenceId }: MessageParts,
): (slot: Slot, expiresAt: number) => SignableMessage {
  const { request, compactJws } = loaded
  const { walletId } = getContent(session)
  return ({ slotHash }, expiresAt) => ({
    kind: 'pay',
    walletId: hexToBytes(walletId),
    tokenReferenceId: hexToBytes(tokenReferenceId),
    slotHash,
    paymentAttemptId: hexToBytes(intent.paymentAttemptId),
    merchantId: hexToBytes(request.merchantId),
    requestHash: derivePaymentRequestHash(compactJws),
    amountMinorUnits: BigInt(request.amountMinorUnits),
    currencyNumeric: Number(currencies[request.currency].numeric),
    instalmentMonths: confirmation.instalmentMonths,
    expiresAt,
    channel: onlineChannel,
  })
}

async function conclude(
  deps: FlowDependencies,
  session: Session,
  { intent, paymentId, signed }: { readonly intent: Intent; readonly paymentId: string; readonly signed: SigningOutcome },
): Promise<Result<PaymentOutcome, Problem>> {
  switch (signed.kind) {
    case 'wrong-pin':
    case 'locked':
      if (findPurchase(getContent(session), paymentId) !== undefined) {
        await changeContent(session, (content) => closePurchase(content, paymentId))
      }
      return ok(signed)
    case 'lost':
      return ok({ kind: 'unknown', paymentId })
    case 'signed':
      if (signed.joint.payment?.paymentId === paymentId) return ok(await tell(session, paymentOutcome(signed.joint.payment)))
      return await askForPayment(deps, session, { paymentId, paymentAttemptId: intent.paymentAttemptId })
    case 'signed-unseen':
      return await askForPayment(deps, session, { paymentId, paymentAttemptId: intent.paymentAttemptId })
  }
}

/** The state of a signed payment, by its attempt id. No answer is `unknown`, never "not paid". */
export async function askForPayment(
  deps: FlowDependencies,
  session: Session,
  { paymentId, paymentAttemptId }: { readonly paymentId: string; readonly paymentAttemptId: string },
): Promise<Result<PaymentOutcome, Problem>> {
  const payment = await deps.operator.getAttempt(getContent(session).walletId, paymentAttemptId)
  if (!payment.ok || payment.value.paymentId !== paymentId) return ok({ kind: 'unknown', paymentId })
  return ok(await tell(session, paymentOutcome(payment.value)))
}

// A final state closes the purchase, so that a reload does not ask again.
async function tell(session: Session, outcome: PaymentOutcome): Promise<PaymentOutcome> {
  if (!('payment' in outcome) || !isFinalState(outcome.payment.state)) return outcome
  const { paymentId } = outcome.payment
  if (findPurchase(getContent(session), paymentId)?.isOpen === true) {
    await changeContent(session, (content) => closePurchase(content, paymentId))
  }
  return outcome
}

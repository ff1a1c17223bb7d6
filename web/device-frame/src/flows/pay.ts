import type { WalletCard } from '@symbolon/contracts/frame-messages'
import type { PaymentOutcome, PaymentToConfirm } from '@symbolon/device'
import { endLocked, need, waitingToSign, type Frame } from '../frame.ts'
import { messageView } from '../views/message.ts'
import { paySheetView, type PaySheetAnswer } from '../views/pay-sheet.ts'
import { addCard } from './add-card.ts'
import { createWallet } from './create-wallet.ts'
import { loadUsableWallet } from './load-usable-wallet.ts'
import { endPayment } from './end-payment.ts'

/** Confirms one payment: what is still open from before is settled first, then the sheet, the PIN, and the end in words. */
export async function pay(frame: Frame, paymentId: string): Promise<void> {
  const { text } = frame
  const before = await loadUsableWallet(frame)
  if (!before.exists) await createWallet(frame)
  if (before.pendingPaymentId !== undefined) {
    const settled = await need(frame, text.settling, () => frame.wallet.settle())
    if (settled !== undefined && before.pendingPaymentId === paymentId && (await endPayment(frame, paymentId, settled)) === 'over') return
  }
  for (;;) {
    const payment = await need(frame, text.payLoading, () => frame.wallet.loadPayment(paymentId))
    const stands = describeState(payment)
    const outcome = stands ?? (await confirm(frame, payment, await needCards(frame)))
    if ((await endPayment(frame, paymentId, outcome)) === 'over') return
  }
}

async function confirm(frame: Frame, payment: PaymentToConfirm, cards: readonly WalletCard[]): Promise<PaymentOutcome> {
  const { text, screen, wallet } = frame
  let error: string | undefined
  let chosen: PaySheetAnswer | undefined
  for (;;) {
    // The slot is opened while the person reads; whether that worked is found out by the confirmation itself.
    void wallet.preparePayment()
    chosen = await screen.ask<PaySheetAnswer>(paySheetView({ ...frame, payment, cards, chosen, error }))
    const confirmation = chosen
    const outcome = await need(frame, await waitingToSign(frame, text.paying), () => wallet.confirmPayment(payment.paymentId, confirmation))
    if (outcome.kind === 'locked') return endLocked(frame)
    if (outcome.kind !== 'wrong-pin') return outcome
    error = text.wrongPin(outcome.triesLeft)
  }
}

async function needCards(frame: Frame): Promise<readonly WalletCard[]> {
  const { text, screen } = frame
  for (;;) {
    const { cards } = await loadUsableWallet(frame)
    const active = cards.filter((card) => card.state === 'active' && card.tokenReferenceId !== undefined)
    if (active.length > 0) return active
    await screen.ask(
      messageView({
        name: 'need-card',
        title: text.needCardTitle,
        text: text.needCardNote,
        picture: 'card',
        choices: [['add', text.walletAdd]],
      }),
    )
    await addCard(frame)
  }
}

/** How a payment stands that nobody needs to confirm any more. */
function describeState({ payment }: PaymentToConfirm): PaymentOutcome | undefined {
  switch (payment.state) {
    case 'requires_confirmation':
      return undefined
    case 'authorized':
    case 'captured':
      return { kind: 'paid', payment }
    case 'authorizing':
    case 'declined':
    case 'expired':
    case 'canceled':
    case 'unanswered':
    case 'reversed':
      return { kind: payment.state, payment }
  }
}

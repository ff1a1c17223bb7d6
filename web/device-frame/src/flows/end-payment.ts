import type { Payment } from '@symbolon/contracts/merchant-api'
import type { PaymentOutcome } from '@symbolon/device'
import { element } from '@symbolon/web-elements/dom'
import { receipt, describeDecline } from '@symbolon/web-elements/receipt'
import { Failed, endLocked, need, type Frame } from '../frame.ts'
import { messageView, type Message } from '../views/message.ts'

const followMs = 20_000

/**
 * Says how a payment ended and tells the page. `again`: it is certain that nothing was signed and the person wants to pay again.
 * Unknown stays on the screen until it is known or the person leaves; a reload goes on from there.
 */
export async function endPayment(frame: Frame, paymentId: string, first: PaymentOutcome): Promise<'over' | 'again'> {
  const { text, screen, wallet } = frame
  let outcome = first
  for (;;) {
    if ('payment' in outcome) tellPayment(frame, outcome.payment)
    switch (outcome.kind) {
      case 'authorizing': {
        const followed = await need(frame, text.asking, () => wallet.followPayment(paymentId, followMs))
        if (followed.kind === 'authorizing') return endWith(frame, authorizing(frame))
        outcome = followed
        break
      }
      case 'unknown': {
        await screen.ask(messageView(unknown(frame)))
        outcome = (await need(frame, text.settling, () => wallet.settle())) ?? { kind: 'not-signed', paymentId }
        break
      }
      case 'not-signed': {
        const choice = await screen.ask(messageView(notSigned(frame)))
        if (choice === 'close') throw new Failed('PAYMENT_NOT_SIGNED')
        return 'again'
      }
      case 'locked':
        return endLocked(frame)
      case 'wrong-pin':
        return 'again'
      case 'paid':
      case 'declined':
      case 'expired':
      case 'canceled':
      case 'unanswered':
      case 'reversed':
        return endWith(frame, await describeEnd(frame, outcome))
    }
  }
}

function tellPayment({ page }: Frame, { paymentId, state }: Payment): void {
  page.tell({ kind: 'symbolon/payment', paymentId, state })
}

async function endWith(frame: Frame, message: Message<'done'>): Promise<'over'> {
  await frame.screen.ask(messageView(message))
  return 'over'
}

type Ended = Extract<PaymentOutcome, { kind: 'paid' | 'declined' | 'expired' | 'canceled' | 'unanswered' | 'reversed' }>

async function describeEnd(frame: Frame, { kind, payment }: Ended): Promise<Message<'done'>> {
  const { text, locale, wallet } = frame
  const choices = [['done', text.done]] as const
  switch (kind) {
    case 'paid': {
      // The shop's name stands in what it signed, not in the operator's view of the payment.
      const signed = await wallet.loadPayment(payment.paymentId)
      const more = receipt(payment, signed.ok ? signed.value.request.merchantName : '', locale)
      return { name: 'paid', title: text.paidTitle, text: '', tone: 'good', picture: 'check', more, choices }
    }
    case 'declined': {
      const words = `${describeDecline(payment.declineReason, locale)} ${text.declinedNote}`
      const more = isLimit(payment) && element('p', { class: 'note' }, text.lowLimit)
      return { name: 'declined', title: text.declinedTitle, text: words, tone: 'bad', picture: 'cross', more, choices }
    }
    case 'expired':
      return { name: 'expired', title: text.expiredTitle, text: text.expiredNote, tone: 'wait', picture: 'clock', choices }
    case 'canceled':
      return { name: 'canceled', title: text.canceledTitle, text: text.canceledNote, tone: 'wait', picture: 'cross', choices }
    case 'unanswered':
      return { name: 'unanswered', title: text.unansweredTitle, text: text.unansweredNote, tone: 'wait', picture: 'clock', choices }
    case 'reversed':
      return { name: 'reversed', title: text.reversedTitle, text: text.reversedNote, tone: 'wait', picture: 'undo', choices }
  }
}

// Whether its passkey may be copied is known to the issuer and not to the wallet, so both are named.
function isLimit({ declineReason }: Payment): boolean {
  return declineReason === 'exceeds-amount-limit' || declineReason === 'exceeds-frequency-limit'
}

function authorizing({ text }: Frame): Message<'done'> {
  const choices = [['done', text.done]] as const
  return { name: 'authorizing', title: text.authorizingTitle, text: text.authorizingNote, tone: 'wait', picture: 'clock', choices }
}

function unknown({ text }: Frame): Message<'ask'> {
  const choices = [['ask', text.unknownAsk]] as const
  return { name: 'unknown', title: text.unknownTitle, text: text.unknownNote, tone: 'wait', picture: 'offline', choices }
}

function notSigned({ text }: Frame): Message<'again' | 'close'> {
  return {
    name: 'not-signed',
    title: text.notSignedTitle,
    text: text.notSignedNote,
    tone: 'wait',
    picture: 'warning',
    choices: [
      ['again', text.payAgain],
      ['close', text.close],
    ],
  }
}

import type { WalletCard } from '@symbolon/contracts/frame-messages'
import type { CardData } from '@symbolon/contracts/issuer-api'
import type { CardEnrolment, CardEnrolmentOutcome } from '@symbolon/device'
import { need, tellWallet, type Frame } from '../frame.ts'
import { approvalView } from '../views/approval.ts'
import { cardFormView } from '../views/card-form.ts'
import { messageView } from '../views/message.ts'
import { describeCard } from '../views/pay-sheet.ts'
import { withPin } from './with-pin.ts'

/** A card typed here, sealed to its issuer, bound by a joint signature, and approved by a person on the issuer's own page. */
export async function addCard(frame: Frame): Promise<void> {
  const card = await frame.screen.ask(cardFormView(frame))
  const enrolment = await submitCard(frame, card)
  frame.approvals.keep(enrolment.card.enrolmentId, enrolment.approvalUrl)
  tellWallet(frame.page, await need(frame, frame.text.loading, () => frame.wallet.loadWallet()))
  await awaitApproval(frame, enrolment.card)
}

/** Shows the way to the issuer's page and follows the approval to its end. */
export async function awaitApproval(frame: Frame, card: WalletCard): Promise<void> {
  const { text, locale, screen, approvals } = frame
  const url = approvals.find(card.enrolmentId)
  const decided = await screen.ask(
    approvalView({
      text,
      issuerName: card.issuerName[locale],
      url,
      refresh: async () => {
        const answer = await frame.wallet.refreshEnrolment(card.enrolmentId)
        return answer.ok ? answer.value : answer.problem.code === 'ENROLMENT_EXPIRED' ? { ...card, state: 'refused' } : undefined
      },
    }),
  )
  if (decided === 'later') return
  approvals.forget(card.enrolmentId)
  tellWallet(frame.page, await need(frame, text.loading, () => frame.wallet.loadWallet()))
  await screen.ask(
    messageView(
      decided.state === 'active'
        ? {
            name: 'card-active',
            title: text.activeTitle,
            text: text.activeNote(describeCard(decided, locale)),
            tone: 'good',
            picture: 'check',
            choices: [['done', text.done]],
          }
        : {
            name: 'card-refused',
            title: text.refusedTitle,
            text: text.refusedNote,
            tone: 'bad',
            picture: 'cross',
            choices: [['done', text.done]],
          },
    ),
  )
}

async function submitCard(frame: Frame, card: CardData): Promise<CardEnrolment> {
  const { text, wallet } = frame
  const question = { name: 'card-pin', title: text.cardPinTitle, action: text.walletAdd, waiting: text.cardSending }
  const outcome = await withPin<Extract<CardEnrolmentOutcome, { kind: 'submitted' }>>(frame, question, (pin) =>
    wallet.startCardEnrolment(card, pin),
  )
  return outcome.enrolment
}

import type { ShowCardOutcome } from '@symbolon/device'
import type { Frame } from '../frame.ts'
import { cardRecordView } from '../views/card-record.ts'
import { messageView } from '../views/message.ts'
import { withPin } from './with-pin.ts'

/** The record of a card, put together from both halves against a PIN, on this screen and for half a minute only. */
export async function showCard(frame: Frame, tokenReferenceId: string): Promise<void> {
  const { text, screen } = frame
  const question = { name: 'show-pin', title: text.showPinTitle, action: text.cardShow, waiting: text.showing }
  const { card } = await withPin<Extract<ShowCardOutcome, { kind: 'shown' }>>(frame, question, (pin) =>
    frame.wallet.showCard(tokenReferenceId, pin),
  )
  await screen.ask(cardRecordView(text, card))
  await screen.ask(
    messageView({ name: 'card-hidden', title: text.shownTitle, text: text.shownOver, picture: 'lock', choices: [['done', text.done]] }),
  )
}

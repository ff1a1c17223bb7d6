import { endLocked, need, waitingToSign, type Frame } from '../frame.ts'
import { cardRecordView } from '../views/card-record.ts'
import { messageView } from '../views/message.ts'
import { pinView } from '../views/pin.ts'

/** The record of a card, put together from both halves against a PIN, on this screen and for half a minute only. */
export async function showCard(frame: Frame, tokenReferenceId: string): Promise<void> {
  const { text, screen } = frame
  let error: string | undefined
  for (;;) {
    const pin = await screen.ask(pinView(text, { name: 'show-pin', title: text.showPinTitle, error, action: text.cardShow }))
    const outcome = await need(frame, await waitingToSign(frame, text.showing), () => frame.wallet.showCard(tokenReferenceId, pin))
    switch (outcome.kind) {
      case 'shown':
        await screen.ask(cardRecordView(text, outcome.card))
        await screen.ask(
          messageView({
            name: 'card-hidden',
            title: text.shownTitle,
            text: text.shownOver,
            picture: 'lock',
            choices: [['done', text.done]],
          }),
        )
        return
      case 'wrong-pin':
        error = text.wrongPin(outcome.triesLeft)
        break
      case 'locked':
        await endLocked(frame)
    }
  }
}

import type { WalletAnswer } from '@symbolon/device'
import { endLocked, need, waitingToSign, type Frame } from '../frame.ts'
import { pinView, type PinQuestion } from '../views/pin.ts'

type Refused = { readonly kind: 'wrong-pin'; readonly triesLeft: number } | { readonly kind: 'locked' }

/** Asks for the PIN until the vault takes it, and answers what came of it. Without tries left the session ends in words. */
export async function withPin<Outcome extends { readonly kind: string }>(
  frame: Frame,
  question: Omit<PinQuestion, 'error'> & { readonly waiting: string },
  act: (pin: string) => Promise<WalletAnswer<Outcome | Refused>>,
): Promise<Outcome> {
  const { text, screen } = frame
  let error: string | undefined
  for (;;) {
    const pin = await screen.ask(pinView(text, { ...question, error }))
    const outcome = await need(frame, await waitingToSign(frame, question.waiting), () => act(pin))
    if (!isRefused(outcome)) return outcome
    if (outcome.kind === 'locked') await endLocked(frame)
    else error = text.wrongPin(outcome.triesLeft)
  }
}

function isRefused<Outcome extends { readonly kind: string }>(outcome: Outcome | Refused): outcome is Refused {
  return outcome.kind === 'locked' || outcome.kind === 'wrong-pin'
}

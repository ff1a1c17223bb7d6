import type { Frame } from '../frame.ts'
import { findPinWeakness } from '../rules/weak-pin.ts'
import { messageView } from '../views/message.ts'
import { pinView } from '../views/pin.ts'

/** A PIN chosen twice; one that is easy to guess only on purpose. */
export async function askNewPin(frame: Frame): Promise<string> {
  const { text, screen } = frame
  let error: string | undefined
  for (;;) {
    const pin = await screen.ask(
      pinView(text, { name: 'new-pin', title: text.newPinTitle, note: text.newPinNote, error, action: text.next }),
    )
    error = undefined
    if (!(await isAccepted(frame, pin))) continue
    const repeated = await screen.ask(pinView(text, { name: 'repeat-pin', title: text.repeatPinTitle, action: text.done }))
    if (repeated === pin) return pin
    error = text.repeatPinWrong
  }
}

async function isAccepted({ text, screen }: Frame, pin: string): Promise<boolean> {
  const weakness = findPinWeakness(pin)
  if (weakness === undefined) return true
  const choice = await screen.ask(
    messageView<'change' | 'keep'>({
      name: 'weak-pin',
      title: text.weakPinTitle,
      text: text.weakPin[weakness],
      tone: 'wait',
      picture: 'warning',
      choices: [
        ['change', text.weakPinChange],
        ['keep', text.weakPinKeep],
      ],
    }),
  )
  return choice === 'keep'
}

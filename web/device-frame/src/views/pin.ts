import { button, element } from '@symbolon/web-elements/dom'
import type { Ask } from '../screen.ts'
import type { Texts } from '../texts/index.ts'
import { alertText, layout } from './layout.ts'
import { createPinPad } from './pin-pad.ts'

export type PinQuestion = {
  readonly name: string
  readonly title: string
  readonly note?: string | undefined
  readonly error?: string | undefined
  readonly action: string
}

/** Asks for a PIN. The answer leaves the pad once, and the pad forgets it. */
export function pinView(text: Texts, question: PinQuestion): Ask<string> {
  return (answer, signal) => {
    const confirm = button({ label: question.action, name: 'confirm', onPress: () => pad.press() })
    const pad = createPinPad({
      text,
      signal,
      watched: [confirm],
      onChange: (isOffered) => (confirm.disabled = !isOffered),
      onConfirm: () => answer(pad.take()),
    })
    return layout({
      name: question.name,
      title: question.title,
      children: [
        question.note !== undefined && element('p', { class: 'lead' }, question.note),
        question.error !== undefined && alertText(question.error),
        pad.root,
      ],
      actions: [confirm],
    })
  }
}

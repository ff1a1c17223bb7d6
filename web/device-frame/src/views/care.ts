import type { WalletState } from '@symbolon/device'
import { button, element } from '@symbolon/web-elements/dom'
import type { Ask } from '../screen.ts'
import type { Texts } from '../texts/index.ts'
import { alertText, layout } from './layout.ts'

export type CareChoice = 'change-pin' | 'refresh' | 'close-wallet' | 'back'

/** What can be done for the wallet itself, each with a sentence of what it is good for. */
export function careView(text: Texts, { isPersistent }: WalletState): Ask<CareChoice> {
  return (answer) =>
    layout({
      name: 'care',
      title: text.careTitle,
      children: [
        !isPersistent && alertText(text.notPersistent),
        element(
          'ul',
          { class: 'cards' },
          ...(['change-pin', 'refresh', 'close-wallet'] as const).map((choice) => {
            const { title: label, note } = text.care[choice]
            return element(
              'li',
              { class: 'card' },
              element('p', { class: 'note' }, note),
              button({ label, name: choice, kind: 'secondary', onPress: () => answer(choice) }),
            )
          }),
        ),
      ],
      actions: [button({ label: text.back, name: 'back', kind: 'secondary', onPress: () => answer('back') })],
    })
}

import type { WalletCard } from '@symbolon/contracts/frame-messages'
import type { WalletState } from '@symbolon/device'
import { button, element, picture } from '@symbolon/web-elements/dom'
import type { Locale } from '@symbolon/web-elements/locale'
import type { Ask } from '../screen.ts'
import type { Texts } from '../texts/index.ts'
import { alertText, layout } from './layout.ts'
import { describeCard } from './pay-sheet.ts'

export type WalletChoice =
  | { readonly kind: 'add' }
  | { readonly kind: 'show'; readonly tokenReferenceId: string }
  | { readonly kind: 'continue'; readonly card: WalletCard }
  | { readonly kind: 'care' }
  | { readonly kind: 'close' }

/** The cards of this wallet and what can be done with each. */
export function walletView(text: Texts, locale: Locale, { cards, protection = 'pin', pinChange }: WalletState): Ask<WalletChoice> {
  return (answer) =>
    layout({
      name: 'wallet',
      title: text.walletTitle,
      children: [
        element('p', { class: 'note', 'data-name': 'protection' }, text.walletProtection[protection]),
        pinChange !== undefined && alertText(`${text.pinChange[pinChange].title}. ${text.pinChange[pinChange].note}`),
        cards.length === 0 && element('p', { class: 'lead' }, text.walletEmpty),
        element('ul', { class: 'cards' }, ...cards.map((card) => cardItem({ text, locale, card, answer }))),
        element(
          'p',
          { class: 'note' },
          element('a', { href: `/about/#${locale}`, target: '_blank', rel: 'noopener noreferrer' }, text.about),
        ),
      ],
      actions: [
        button({ label: text.walletAdd, name: 'add-card', onPress: () => answer({ kind: 'add' }) }),
        button({ label: text.careOpen, name: 'care', kind: 'quiet', onPress: () => answer({ kind: 'care' }) }),
        button({ label: text.close, name: 'close', kind: 'secondary', onPress: () => answer({ kind: 'close' }) }),
      ],
    })
}

type CardItem = {
  readonly text: Texts
  readonly locale: Locale
  readonly card: WalletCard
  readonly answer: (choice: WalletChoice) => void
}

function cardItem({ text, locale, card, answer }: CardItem): HTMLElement {
  const { state, tokenReferenceId } = card
  const act =
    state === 'active' && tokenReferenceId !== undefined && card.isRecordMissing !== true
      ? button({ label: text.cardShow, kind: 'quiet', name: 'show-card', onPress: () => answer({ kind: 'show', tokenReferenceId }) })
      : state === 'awaiting_approval'
        ? button({ label: text.cardContinue, kind: 'quiet', name: 'continue', onPress: () => answer({ kind: 'continue', card }) })
        : undefined
  return element(
    'li',
    { class: `card ${state}` },
    element('div', { class: 'card-name' }, picture('card'), element('strong', {}, describeCard(card, locale))),
    element('p', { class: 'note' }, card.isRecordMissing === true ? text.cardRecordMissing : text.cardState[state]),
    act,
  )
}

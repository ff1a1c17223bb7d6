import type { CardRecord } from '@symbolon/contracts/card-record'
import { groupCardNumber, inspectCardNumber } from '@symbolon/formats/cards'
import { button, definitionList, element } from '@symbolon/web-elements/dom'
import { describeExpiry } from '../rules/expiry.ts'
import type { Ask } from '../screen.ts'
import type { Texts } from '../texts/index.ts'
import { layout } from './layout.ts'

const secondsShown = 30

/** Shows a card for half a minute and then takes it out of the document; answers once it is gone. */
export function cardRecordView(text: Texts, record: CardRecord): Ask<undefined> {
  return (answer, signal) => {
    let secondsLeft = secondsShown
    const left = element('p', { class: 'note', role: 'timer' }, text.shownNote(secondsLeft))
    const timer = setInterval(() => {
      secondsLeft -= 1
      left.textContent = text.shownNote(secondsLeft)
      if (secondsLeft <= 0) answer(undefined)
    }, 1_000)
    signal.addEventListener('abort', () => clearInterval(timer), { once: true })
    return layout({
      name: 'card-record',
      title: text.shownTitle,
      children: [
        element('p', { class: 'card-number', translate: 'no' }, groupCardNumber(inspectCardNumber(record.primaryAccountNumber))),
        definitionList(
          [
            [text.expiryShort, describeExpiry(record.expiry)] as const,
            [text.holderShort, record.holderName] as const,
            [text.phoneShort, record.phoneNumber] as const,
            [text.addressShort, record.postalAddress] as const,
          ].filter(([, value]) => value !== ''),
        ),
        element('p', { class: 'note' }, text.shownNoCode),
        left,
      ],
      actions: [button({ label: text.hide, name: 'hide', onPress: () => answer(undefined) })],
    })
  }
}

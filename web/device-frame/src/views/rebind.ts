import type { RebindProgress, RebindRequest } from '@symbolon/device'
import { button, element, picture, progress } from '@symbolon/web-elements/dom'
import type { Locale } from '@symbolon/web-elements/locale'
import type { Ask } from '../screen.ts'
import type { Texts } from '../texts/index.ts'
import { layout } from './layout.ts'
import { describeCard } from './pay-sheet.ts'

const pollEveryMs = 1_200

type Rebinds = {
  readonly text: Texts
  readonly locale: Locale
  readonly rebinds: readonly RebindRequest[]
  /** Asks the issuers; undefined when one of them did not answer. */
  readonly refresh: () => Promise<RebindProgress | undefined>
}

/** Every issuer that has to ask its customer, the way to each one's own page, and what each has been told so far. */
export function rebindView({ text, locale, rebinds, refresh }: Rebinds): Ask<RebindProgress | 'later'> {
  return (answer, signal) => {
    const list = element('ul', { class: 'cards' })
    const draw = (shown: readonly RebindRequest[]): void => list.replaceChildren(...shown.map((one) => item(text, locale, one)))
    let states = statesOf(rebinds)
    const poll = async (): Promise<void> => {
      const heard = await refresh()
      if (signal.aborted) return
      if (heard !== undefined && heard.progress !== 'awaiting') return answer(heard)
      const now = heard?.state.rebinds ?? rebinds
      // Drawn again only when something has changed: the focus stays on the button that a person is about to press.
      if (statesOf(now) !== states) draw(now)
      states = statesOf(now)
      setTimeout(() => void poll(), pollEveryMs)
    }
    draw(rebinds)
    setTimeout(() => void poll(), pollEveryMs)
    return layout({
      name: 'rebind',
      title: text.rebindApproveTitle,
      picture: 'card',
      children: [element('p', { class: 'lead' }, text.rebindApproveNote), list, progress(text.approvalWaiting)],
      actions: [button({ label: text.approvalLater, kind: 'secondary', name: 'later', onPress: () => answer('later') })],
    })
  }
}

function statesOf(rebinds: readonly RebindRequest[]): string {
  return rebinds.map(({ state }) => state).join(' ')
}

function item(text: Texts, locale: Locale, { issuerName, approvalUrl, state, cards }: RebindRequest): HTMLElement {
  // The issuer's page must not reach back into the frame that holds the wallet.
  const open = (): unknown => window.open(approvalUrl, '_blank', 'noopener,noreferrer')
  return element(
    'li',
    { class: `card ${state}` },
    ...cards.map((card) => element('div', { class: 'card-name' }, picture('card'), element('strong', {}, describeCard(card, locale)))),
    element('p', { class: 'note' }, `${issuerName?.[locale] ?? ''} · ${new URL(approvalUrl).host} · ${text.rebindState[state]}`),
    state === 'awaiting_approval' && button({ label: text.approvalOpen, name: 'open-approval', onPress: open }),
  )
}

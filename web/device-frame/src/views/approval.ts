import type { WalletCard } from '@symbolon/contracts/frame-messages'
import { button, element, progress } from '@symbolon/web-elements/dom'
import type { Ask } from '../screen.ts'
import type { Texts } from '../texts/index.ts'
import { layout } from './layout.ts'

const pollEveryMs = 1_200

export type Approval = {
  readonly text: Texts
  readonly issuerName: string
  readonly url: string | undefined
  /** Asks the issuer; undefined when nobody answered. */
  readonly refresh: () => Promise<WalletCard | undefined>
}

/** The way to the issuer's own page, and waiting for what a person decides there. */
export function approvalView({ text, issuerName, url, refresh }: Approval): Ask<WalletCard | 'later'> {
  return (answer, signal) => {
    const poll = async (): Promise<void> => {
      const card = await refresh()
      if (signal.aborted) return
      if (card !== undefined && card.state !== 'awaiting_approval') answer(card)
      else setTimeout(() => void poll(), pollEveryMs)
    }
    setTimeout(() => void poll(), pollEveryMs)
    // The issuer's page must not reach back into the frame that holds the wallet.
    const open = (): unknown => window.open(url, '_blank', 'noopener,noreferrer')
    return layout({
      name: 'approval',
      title: text.approvalTitle(issuerName),
      picture: 'card',
      children: [
        element('p', { class: 'lead' }, url === undefined ? text.approvalGone : text.approvalNote),
        url !== undefined && element('p', { class: 'note' }, new URL(url).host),
        progress(text.approvalWaiting),
      ],
      actions: [
        ...(url === undefined ? [] : [button({ label: text.approvalOpen, name: 'open-approval', onPress: open })]),
        button({ label: text.approvalLater, kind: 'secondary', name: 'later', onPress: () => answer('later') }),
      ],
    })
  }
}

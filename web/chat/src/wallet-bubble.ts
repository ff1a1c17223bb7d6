import type { FrameCommand, WalletCard } from '@symbolon/contracts/frame-messages'
import { button, element, picture, progress } from '@symbolon/web-elements/dom'
import { describeNetwork } from '@symbolon/formats/cards'
import type { Locale } from '@symbolon/web-elements/locale'
import type { Bubble } from './bubble.ts'
import type { ChatState, Wallet } from './state.ts'
import type { Texts } from './texts.ts'

export type WalletActions = {
  readonly text: Texts
  readonly locale: Locale
  readonly open: (command: FrameCommand) => void
  readonly reloadFrame: () => void
}

/** What the frame says of the wallet, and the way into it. */
export function walletBubble(state: ChatState, actions: WalletActions): Bubble {
  const { text, locale, open } = actions
  const { wallet } = state
  const base = { key: 'wallet', speaker: text.operator, fingerprint: JSON.stringify([state.frame, wallet]) }
  const act = (label: string, name: string, command: FrameCommand, kind: 'primary' | 'secondary' = 'primary'): HTMLElement =>
    button({ label, name, kind, onPress: () => open(command) })
  if (state.frame === 'unreachable') {
    const draw = (): readonly HTMLElement[] => [
      say(text.walletUnreachable),
      button({ label: text.retry, name: 'retry-wallet', kind: 'secondary', onPress: actions.reloadFrame }),
    ]
    return { ...base, tone: 'bad', draw }
  }
  if (state.frame === 'altered') return { ...base, tone: 'bad', draw: () => [sayWith('warning', text.walletAltered)] }
  if (state.frame === 'in-use') return { ...base, tone: 'wait', draw: () => [sayWith('clock', text.walletInUse)] }
  if (state.frame === 'needs-window') {
    const command: FrameCommand = { kind: 'symbolon/create-wallet', locale }
    return { ...base, draw: () => [say(text.walletWindow), act(text.walletOpenWindow, 'open-window', command)] }
  }
  if (wallet === undefined) return { ...base, draw: () => [progress(text.walletLoading)] }
  if (wallet.health === 'locked' || wallet.health === 'frozen') {
    // What happened, and the way out: a new wallet, which the issuers approve. The frame asks and explains.
    const draw = (): readonly HTMLElement[] => [
      wallet.health === 'locked'
        ? sayWith('lock', text.walletLocked)
        : sayWith('warning', text.walletFrozen[wallet.frozenReason ?? 'alarm']),
      say(text.walletWayOut),
      act(text.replaceWallet, 'replace-wallet', { kind: 'symbolon/show-wallet', locale }),
    ]
    return { ...base, tone: 'bad', draw }
  }
  if (!wallet.exists) {
    return {
      ...base,
      draw: () => [
        say(wallet.health === 'closed' ? text.walletClosed : text.walletNone),
        act(text.walletCreate, 'create-wallet', { kind: 'symbolon/create-wallet', locale }),
      ],
    }
  }
  if (wallet.cards.length === 0) {
    return { ...base, draw: () => [say(text.walletEmpty), act(text.addCard, 'add-card', { kind: 'symbolon/add-card', locale })] }
  }
  return {
    ...base,
    draw: () => [
      element('h2', {}, text.walletCards),
      cardList(wallet, text, locale),
      act(
        isAnyWaiting(wallet) ? text.continueApproval : text.openWallet,
        'open-wallet',
        { kind: 'symbolon/show-wallet', locale },
        'secondary',
      ),
    ],
  }
}

/** The first card that can pay. */
export function findActiveCard(wallet: Wallet | undefined): WalletCard | undefined {
  return wallet?.cards.find((card) => card.state === 'active')
}

export function say(sentence: string): HTMLElement {
  return element('p', {}, sentence)
}

export function sayWith(name: Parameters<typeof picture>[0], sentence: string): HTMLElement {
  return element('p', { class: 'with-picture' }, picture(name), element('span', {}, sentence))
}

function cardList(wallet: Wallet, text: Texts, locale: Locale): HTMLElement {
  return element(
    'ul',
    { class: 'card-list' },
    ...wallet.cards.map((card) =>
      element(
        'li',
        {},
        picture('card'),
        element(
          'span',
          {},
          element('strong', {}, `${card.issuerName[locale]} ${describeNetwork(card.network, locale)} •••• ${card.lastFour}`),
          element('small', {}, text.cardState[card.state]),
        ),
      ),
    ),
  )
}

function isAnyWaiting(wallet: Wallet): boolean {
  return wallet.cards.some((card) => card.state === 'awaiting_approval')
}

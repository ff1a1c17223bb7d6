import type { Payment } from '@symbolon/contracts/merchant-api'
import type { FrameCommand } from '@symbolon/contracts/frame-messages'
import { button, definitionList, element, picture, progress, type Child, type PictureName } from '@symbolon/web-elements/dom'
import { describeMoney, describeTime, type Locale } from '@symbolon/web-elements/locale'
import { describeDecline, receipt } from '@symbolon/web-elements/receipt'
import type { Bubble } from './bubble.ts'
import type { ShownPayment } from './checkout.ts'
import type { ChatState } from './state.ts'
import type { Texts } from './texts.ts'
import { findActiveCard, say, sayWith } from './wallet-bubble.ts'

export type PaymentActions = {
  readonly text: Texts
  readonly locale: Locale
  readonly open: (command: FrameCommand) => void
  readonly refresh: () => Promise<void>
}

const marks: Readonly<Record<Payment['state'], readonly [tone: 'good' | 'bad' | 'wait', picture: PictureName]>> = {
  requires_confirmation: ['wait', 'bag'],
  authorizing: ['wait', 'clock'],
  authorized: ['good', 'check'],
  captured: ['good', 'check'],
  declined: ['bad', 'cross'],
  expired: ['wait', 'clock'],
  canceled: ['wait', 'cross'],
  unanswered: ['wait', 'clock'],
  reversed: ['wait', 'undo'],
}

/** The request of the shop and, once there is one, its end. */
export function paymentBubbles(state: ChatState, actions: PaymentActions): readonly Bubble[] {
  const { text } = actions
  const { shown, checkout } = state
  if (state.paymentId === undefined) return []
  const trouble = checkout === 'missing' || checkout === 'unreachable' ? [troubleBubble(checkout, actions)] : []
  if (shown === undefined) {
    const draw = (): readonly Child[] => [progress(text.paymentLoading)]
    return trouble.length > 0 ? trouble : [{ key: 'request', fingerprint: 'loading', speaker: text.operator, draw }]
  }
  const end = endBubble(shown, actions)
  return [requestBubble(state, shown, actions), ...(end === undefined ? [] : [end]), ...trouble]
}

function troubleBubble(kind: 'missing' | 'unreachable', { text, refresh }: PaymentActions): Bubble {
  const draw = (): readonly Child[] =>
    kind === 'missing'
      ? [sayWith('warning', text.paymentMissing)]
      : [
          sayWith('offline', text.paymentUnreachable),
          button({ label: text.retry, name: 'retry-payment', kind: 'secondary', onPress: refresh }),
        ]
  return { key: 'trouble', fingerprint: kind, speaker: text.operator, tone: 'bad', draw }
}

function requestBubble(state: ChatState, { payment, shop }: ShownPayment, actions: PaymentActions): Bubble {
  const { text, locale, open } = actions
  const isOpen = payment.state === 'requires_confirmation'
  const missing = describeMissing(state, text)
  const amount = describeMoney(payment.amountMinorUnits, payment.currency, locale)
  const command = { kind: 'symbolon/pay', locale, paymentId: payment.paymentId } as const
  return {
    key: 'request',
    fingerprint: JSON.stringify([payment.state, missing, shop]),
    speaker: shop?.name ?? text.shop,
    draw: () => [
      element('div', { class: 'title-line' }, element('h2', {}, text.requestTitle), stateTag(payment, text)),
      element('p', { class: 'amount' }, amount),
      element('p', {}, payment.orderName),
      definitionList(
        [
          [text.shop, shop === undefined ? '' : `${shop.name} (${new URL(shop.origin).host})`] as const,
          [text.expires, isOpen ? describeTime(payment.expiresAt) : ''] as const,
        ].filter(([, value]) => value !== ''),
      ),
      isOpen && missing !== undefined && missing !== '' && element('p', { class: 'note' }, missing),
      isOpen && missing === undefined && button({ label: text.pay(amount), name: 'pay', onPress: () => open(command) }),
    ],
  }
}

// Undefined: nothing is missing. Empty: not known yet. While another tab or window has the wallet, the frame says what to do.
function describeMissing({ frame, wallet }: ChatState, text: Texts): string | undefined {
  if (frame === 'in-use' || frame === 'needs-window') return undefined
  if (wallet === undefined || wallet.health === 'locked' || wallet.health === 'frozen') return ''
  if (!wallet.exists) return text.firstWallet
  return findActiveCard(wallet) === undefined ? text.firstCard : undefined
}

function endBubble({ payment, shop }: ShownPayment, { text, locale }: PaymentActions): Bubble | undefined {
  const [tone, name] = marks[payment.state]
  const back =
    shop !== undefined &&
    element('a', { class: 'button secondary', href: `${shop.origin}/?lang=${locale}`, 'data-name': 'back-to-shop' }, text.backToShop)
  const base = { key: 'end', fingerprint: JSON.stringify([payment.state, payment.version]), speaker: text.operator, tone }
  switch (payment.state) {
    case 'requires_confirmation':
      return undefined
    case 'authorizing':
      return { ...base, draw: () => [progress(text.authorizing)] }
    case 'authorized':
    case 'captured':
      return {
        ...base,
        draw: () => [sayWith(name, text.paid), element('h2', {}, text.receipt), receipt(payment, shop?.name ?? '', locale), back],
      }
    case 'declined':
      return { ...base, draw: () => [sayWith(name, describeDecline(payment.declineReason, locale)), say(text.declined), back] }
    case 'expired':
    case 'canceled':
    case 'unanswered':
    case 'reversed': {
      const sentence = text[payment.state]
      return { ...base, draw: () => [sayWith(name, sentence), back] }
    }
  }
}

function stateTag(payment: Payment, text: Texts): HTMLElement {
  const [tone, name] = marks[payment.state]
  return element('span', { class: `tag ${tone}` }, picture(name), text.state[payment.state])
}

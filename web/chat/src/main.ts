import '@symbolon/web-elements/style.css'
import './style.css'
import type { FrameCommand, FrameEvent } from '@symbolon/contracts/frame-messages'
import { button, element, picture } from '@symbolon/web-elements/dom'
import { decideLocale } from '@symbolon/web-elements/locale'
import { drawConversation, type Bubble } from './bubble.ts'
import { fetchCheckout, readPaymentId } from './checkout.ts'
import { readConfig } from './config.ts'
import { createDeviceFrame } from './device-frame.ts'
import { checkFrame } from './frame-check.ts'
import { paymentBubbles } from './payment-bubbles.ts'
import { createSheet } from './sheet.ts'
import { applyCheckout, decidePollDelayMs, type ChatState } from './state.ts'
import { stopBubble } from './stop-bubble.ts'
import { readsStop, sayStopCode, type StopOutcome } from './stop-wallet.ts'
import { texts } from './texts.ts'
import { say, sayWith, walletBubble } from './wallet-bubble.ts'

const frameTimeoutMs = 10_000

const config = readConfig(document)
const locale = decideLocale(location.search, navigator.languages)
const text = texts[locale]
document.documentElement.lang = locale
document.title = text.pageTitle

let state: ChatState = {
  isOnline: navigator.onLine,
  frame: 'loading',
  wallet: undefined,
  paymentId: readPaymentId(location.search),
  checkout: 'loading',
  shown: undefined,
  stop: readsStop(location.search) ? 'asked' : 'offered',
}

const log = element('div', { class: 'log', role: 'log', 'aria-label': text.conversation })
const page = element('main', { class: 'page', tabindex: '-1' }, header(), log)
const frame = createDeviceFrame({ origin: config.deviceOrigin, title: text.frameTitle, locale, onEvent: hear })
const sheet = createSheet({
  frame: frame.element,
  title: text.frameTitle,
  note: text.frameNote(new URL(config.deviceOrigin).host),
  closeLabel: text.closeFrame,
  behind: page,
  onClose: () => frame.send({ kind: 'symbolon/close' }),
})

function header(): HTMLElement {
  const other = new URLSearchParams(location.search)
  other.set('lang', locale === 'ko' ? 'en' : 'ko')
  return element(
    'header',
    {},
    element('span', { class: 'face', 'aria-hidden': 'true' }, picture('card')),
    element('div', {}, element('h1', {}, text.operator), element('p', {}, text.subtitle)),
    element('a', { href: `?${other.toString()}`, lang: locale === 'ko' ? 'en' : 'ko' }, text.otherLanguage),
  )
}

function update(next: ChatState): void {
  state = next
  const stopping = stopBubble(state, { text, stop: stopByCode })
  const bubbles: readonly Bubble[] = [
    welcome(),
    ...(stopping === undefined ? [] : [stopping]),
    walletBubble(state, { text, locale, open, reloadFrame }),
    ...paymentBubbles(state, { text, locale, open, refresh }),
    ...(state.isOnline ? [] : [offline()]),
  ]
  hasNews = drawConversation(log, bubbles) || hasNews
  if (!sheet.isOpen()) showNews()
}

// What was drawn behind the open sheet is shown when the sheet has gone: the end of a payment from its first line on.
let hasNews = false
function showNews(): void {
  if (hasNews) log.lastElementChild?.scrollIntoView({ block: 'start' })
  hasNews = false
}

function welcome(): Bubble {
  const { mallOrigin } = config
  const isInvited = mallOrigin !== undefined && state.paymentId === undefined
  return {
    key: 'welcome',
    fingerprint: JSON.stringify([isInvited, state.stop]),
    speaker: text.operator,
    draw: () => [
      say(text.welcome),
      isInvited && say(text.welcomeShop),
      isInvited &&
        element('a', { class: 'button secondary', href: `${mallOrigin}/?lang=${locale}`, 'data-name': 'mall' }, picture('bag'), text.mall),
      state.stop === 'offered' && button({ label: text.stopOffer, name: 'stop', kind: 'quiet', onPress: openStop }),
    ],
  }
}

function offline(): Bubble {
  return { key: 'offline', fingerprint: 'offline', speaker: text.operator, tone: 'bad', draw: () => [sayWith('offline', text.offline)] }
}

function openStop(): void {
  update({ ...state, stop: 'asked' })
}

async function stopByCode(code: string): Promise<StopOutcome> {
  const outcome = await sayStopCode(code)
  if (outcome === 'said') update({ ...state, stop: 'said' })
  return outcome
}

function open(command: FrameCommand): void {
  frame.send(command)
  sheet.open()
}

function hear(event: FrameEvent): void {
  switch (event.kind) {
    case 'symbolon/ready':
      return update({ ...state, frame: 'ready' })
    case 'symbolon/in-use':
      return update({ ...state, frame: 'in-use' })
    case 'symbolon/needs-window':
      return update({ ...state, frame: 'needs-window', wallet: undefined })
    case 'symbolon/resize':
      return sheet.setHeight(event.heightPixels)
    case 'symbolon/wallet':
      return update({ ...state, frame: 'ready', wallet: event })
    case 'symbolon/payment':
      if (event.paymentId === state.paymentId) void refresh()
      return
    case 'symbolon/closed':
      if (sheet.isOpen()) sheet.close()
      update(state)
      void refresh()
  }
}

function reloadFrame(): void {
  update({ ...state, frame: 'loading', wallet: undefined })
  void loadFrame()
}

/** Embeds the frame only when it is the one that this page was deployed with. */
async function loadFrame(): Promise<void> {
  const { deviceOrigin, deviceFrameHash } = config
  const check = deviceFrameHash === undefined ? 'same' : await checkFrame(deviceOrigin, deviceFrameHash)
  if (check !== 'same') return update({ ...state, frame: check })
  frame.load()
  watchFrame()
}

function watchFrame(): void {
  setTimeout(() => {
    if (state.frame === 'loading') update({ ...state, frame: 'unreachable' })
  }, frameTimeoutMs)
}

let timer: ReturnType<typeof setTimeout> | undefined
async function refresh(): Promise<void> {
  clearTimeout(timer)
  const { paymentId } = state
  if (paymentId === undefined) return
  const answer = await fetchCheckout(paymentId)
  update(applyCheckout(state, answer))
  clearTimeout(timer)
  const delayMs = decidePollDelayMs(state)
  if (delayMs !== undefined) timer = setTimeout(() => void refresh(), delayMs)
}

window.addEventListener('online', () => {
  update({ ...state, isOnline: true })
  if (state.frame === 'unreachable') reloadFrame()
  void refresh()
})
window.addEventListener('offline', () => update({ ...state, isOnline: false }))

document.body.append(page, sheet.root)
update(state)
void loadFrame()
void refresh()

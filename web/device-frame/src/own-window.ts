import type { FrameCommand } from '@symbolon/contracts/frame-messages'
import { element } from '@symbolon/web-elements/dom'
import type { ChatPage } from './chat-page.ts'
import { createScreen, Left } from './screen.ts'
import { texts } from './texts/index.ts'
import { alertText } from './views/layout.ts'
import { messageView } from './views/message.ts'

const windowName = 'symbolon-wallet'
const windowFeatures = 'popup,width=420,height=820'

/**
 * A frame that may keep nothing: it does one thing, to open the same page as a window of its own, at a press, and leaves everything else
 * to it. The chat page hands the command on when that window says that it is ready.
 */
export function serveWithoutStorage(root: HTMLElement, page: ChatPage): void {
  let current = new AbortController()
  page.listen((command) => {
    current.abort()
    current = new AbortController()
    if (command.kind !== 'symbolon/close') void offerWindow(root, page, { command, signal: current.signal })
  })
  document.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') current.abort()
  })
  page.tell({ kind: 'symbolon/ready' })
  page.tell({ kind: 'symbolon/needs-window' })
}

type Offer = { readonly command: Exclude<FrameCommand, { kind: 'symbolon/close' }>; readonly signal: AbortSignal }

async function offerWindow(root: HTMLElement, page: ChatPage, { command, signal }: Offer): Promise<void> {
  const text = texts[command.locale]
  document.documentElement.lang = command.locale
  const screen = createScreen(root, signal)
  try {
    for (let isRefused = false; ; isRefused = true) {
      // The window is opened by the press itself: later, the browser would not allow it.
      const opened = await screen.ask<boolean>((answer) =>
        messageView<'open'>({
          name: 'own-window',
          title: text.windowTitle,
          text: text.windowNote,
          tone: 'wait',
          picture: 'card',
          more: isRefused && alertText(text.windowRefused),
          choices: [['open', text.windowOpen]],
        })(() => answer(window.open(`/?lang=${command.locale}`, windowName, windowFeatures) !== null), signal),
      )
      if (opened) break
    }
    screen.show(element('section', { class: 'view wait', 'data-view': 'in-window' }, element('p', { class: 'lead' }, text.windowElsewhere)))
  } catch (error) {
    if (!(error instanceof Left)) throw error
    root.replaceChildren()
    page.tell({ kind: 'symbolon/closed', reason: 'canceled' })
  }
}

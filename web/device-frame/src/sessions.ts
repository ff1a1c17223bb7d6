import type { Directory } from '@symbolon/contracts/directory'
import type { FrameCommand, FrameEvent } from '@symbolon/contracts/frame-messages'
import type { WalletAnswer, WalletSdk, WalletState } from '@symbolon/device'
import type { ApprovalPages } from './approval-pages.ts'
import type { ChatPage } from './chat-page.ts'
import { addCard } from './flows/add-card.ts'
import { createWallet } from './flows/create-wallet.ts'
import { loadUsableWallet } from './flows/load-usable-wallet.ts'
import { pay } from './flows/pay.ts'
import { rebind } from './flows/rebind.ts'
import { showCard } from './flows/show-card.ts'
import { showWallet } from './flows/show-wallet.ts'
import { Failed, tellWallet, WantsRebind, type Frame } from './frame.ts'
import { createScreen, Left } from './screen.ts'
import { texts } from './texts/index.ts'
import { messageView } from './views/message.ts'

const askAgainMs = 1_000

export type SessionDependencies = {
  readonly root: HTMLElement
  readonly directory: Directory
  readonly page: ChatPage
  readonly approvals: ApprovalPages
  /** The wallet. A session ends with `close`, which gives the storage to whichever tab asks next. */
  readonly openWallet: () => Promise<WalletSdk>
  readonly nowSeconds: () => number
}

export type Sessions = {
  run(command: FrameCommand): void
  /** Ends what is being asked, as the close button of the page does. */
  leave(): void
  report(): void
}

/** Runs one command at a time. A new command ends the session before it; what was already sent is finished by the wallet itself. */
export function createSessions(dependencies: SessionDependencies): Sessions {
  let current = new AbortController()
  let previous: Promise<void> = Promise.resolve()
  const next = (act: (signal: AbortSignal) => Promise<void>): void => {
    current.abort()
    const own = new AbortController()
    current = own
    previous = previous.then(() => act(own.signal))
  }
  return {
    run: (command) => next((signal) => (command.kind === 'symbolon/close' ? Promise.resolve() : runSession(dependencies, command, signal))),
    leave: () => current.abort(),
    report: () => next((signal) => report(dependencies, signal)),
  }
}

type Opening = Exclude<FrameCommand, { kind: 'symbolon/close' }>

async function runSession(dependencies: SessionDependencies, command: Opening, signal: AbortSignal): Promise<void> {
  const { root, page } = dependencies
  const text = texts[command.locale]
  document.documentElement.lang = command.locale
  document.title = text.appName
  const wallet = await dependencies.openWallet()
  const frame: Frame = { ...dependencies, wallet, text, locale: command.locale, screen: createScreen(root, signal) }
  const ending = await endingOf(frame, () => runWithWayOut(frame, command))
  root.replaceChildren()
  // The page hears first; the wallet may still have to finish what it sent.
  page.tell(ending)
  const state = await wallet.loadWallet()
  if (state.ok) tellWallet(page, state.value)
  await wallet.close()
}

/** A wallet that can pay no more is replaced where the person wants that; then the session goes on with what it was for. */
async function runWithWayOut(frame: Frame, command: Opening): Promise<void> {
  for (let isWanted = false; ; isWanted = true) {
    try {
      if (isWanted) await rebind(frame)
      return await runCommand(frame, command)
    } catch (error) {
      if (!(error instanceof WantsRebind)) throw error
    }
  }
}

async function runCommand(frame: Frame, command: Opening): Promise<void> {
  switch (command.kind) {
    case 'symbolon/show-wallet':
      return showWallet(frame)
    case 'symbolon/create-wallet':
      if (!(await loadUsableWallet(frame)).exists) await createWallet(frame)
      return showWalletOrCard(frame)
    case 'symbolon/add-card':
      if (!(await loadUsableWallet(frame)).exists) await createWallet(frame)
      return addCard(frame)
    case 'symbolon/show-card':
      return showCard(frame, command.tokenReferenceId)
    case 'symbolon/pay':
      return pay(frame, command.paymentId)
  }
}

// A wallet without a card is of no use yet: the way goes straight on.
async function showWalletOrCard(frame: Frame): Promise<void> {
  const { cards } = await loadUsableWallet(frame)
  return cards.length === 0 ? addCard(frame) : showWallet(frame)
}

type Closed = Extract<FrameEvent, { kind: 'symbolon/closed' }>

async function endingOf(frame: Frame, act: () => Promise<void>): Promise<Closed> {
  const { text, screen } = frame
  try {
    await act()
    return { kind: 'symbolon/closed', reason: 'done' }
  } catch (error) {
    if (error instanceof Left) return { kind: 'symbolon/closed', reason: 'canceled' }
    if (error instanceof Failed) return { kind: 'symbolon/closed', reason: 'failed', code: error.code }
    // A constant, for whoever watches this console: what was thrown may hold a value.
    reportError(new Error('a promise of the frame was broken'))
    const view = messageView({
      name: 'bug',
      title: text.bugTitle,
      text: text.bugNote,
      tone: 'bad',
      picture: 'warning',
      choices: [['close', text.close]],
    })
    await screen.ask(view).catch(() => undefined)
    return { kind: 'symbolon/closed', reason: 'failed', code: 'SERVICE_BUG' }
  }
}

/** After loading: tells the page how the wallet stands, and how a payment ended that was open when the page went away. */
async function report({ page, openWallet }: SessionDependencies, signal: AbortSignal): Promise<void> {
  const wallet = await openWallet()
  const state = await loadWhenFree(wallet, page, signal)
  if (state?.ok === true) {
    tellWallet(page, state.value)
    if (state.value.pendingPaymentId !== undefined) await reportPayment(wallet, page)
  }
  await wallet.close()
}

async function reportPayment(wallet: WalletSdk, page: ChatPage): Promise<void> {
  const settled = await wallet.settle()
  if (!settled.ok || settled.value === undefined || !('payment' in settled.value)) return
  const { paymentId, state } = settled.value.payment
  page.tell({ kind: 'symbolon/payment', paymentId, state })
}

// Undefined: a command came before the other tab was closed, and its session asks by itself.
async function loadWhenFree(wallet: WalletSdk, page: ChatPage, signal: AbortSignal): Promise<WalletAnswer<WalletState> | undefined> {
  while (!signal.aborted) {
    const state = await wallet.loadWallet()
    if (state.ok || state.problem.code !== 'WALLET_IN_USE') return state
    page.tell({ kind: 'symbolon/in-use' })
    await new Promise((resolve) => {
      setTimeout(resolve, askAgainMs)
    })
  }
  return undefined
}

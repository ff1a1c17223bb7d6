import type { Directory } from '@symbolon/contracts/directory'
import { problemCodes, type FrozenReason, type Problem } from '@symbolon/contracts/problems'
import type { WalletAnswer, WalletSdk, WalletState } from '@symbolon/device'
import type { Locale } from '@symbolon/web-elements/locale'
import { element } from '@symbolon/web-elements/dom'
import type { ApprovalPages } from './approval-pages.ts'
import type { ChatPage } from './chat-page.ts'
import { Left, type Screen } from './screen.ts'
import { describeProblem, type Texts } from './texts/index.ts'
import { messageView, type Message } from './views/message.ts'

/** What every flow of the frame works with, for the time of one session. */
export type Frame = {
  readonly screen: Screen
  readonly text: Texts
  readonly locale: Locale
  readonly directory: Directory
  readonly wallet: WalletSdk
  readonly page: ChatPage
  readonly approvals: ApprovalPages
  nowSeconds(): number
}

/** The session ended without what it was for; the page is told the code and nothing else. */
export class Failed extends Error {
  override readonly name = 'Failed'
  readonly code: string
  constructor(code: string) {
    super('the session ended with a problem')
    this.code = code
  }
}

/**
 * Calls the wallet until it answers with a value. A problem is shown in words with what can be done; whoever cannot or will not go
 * on leaves the session. Every call of the wallet may be repeated: it never pays twice.
 */
export async function need<Value>(frame: Frame, waiting: string, call: () => Promise<WalletAnswer<Value>>): Promise<Value> {
  for (;;) {
    if (frame.screen.signal.aborted) throw new Left()
    frame.screen.wait(waiting)
    const answer = await call()
    if (answer.ok) return answer.value
    if (answer.problem.code === 'WALLET_IN_USE') await waitForOtherTab(frame)
    else await showProblem(frame, answer.problem)
  }
}

/** The person wants a new wallet in place of this one: the session goes there, and then on with what it was for. */
export class WantsRebind extends Error {
  override readonly name = 'WantsRebind'
}

/** Tells the page what it may know of the wallet. */
export function tellWallet(page: ChatPage, { exists, health, cards, frozenReason }: WalletState): void {
  page.tell({ kind: 'symbolon/wallet', exists, health, cards: [...cards], ...(frozenReason === undefined ? {} : { frozenReason }) })
}

/** No tries are left: nothing on this device can change that but a new wallet. */
export async function endLocked(frame: Frame): Promise<never> {
  const { lockedTitle: title, lockedNote: words } = frame.text
  return offerRebind(frame, 'CUSTODY_LOCKED', { name: 'locked', title, text: words, tone: 'bad', picture: 'lock' })
}

/** A copy of this wallet was noticed, or somebody stopped it: only the issuer's own channel helps. */
export async function endFrozen(frame: Frame, reason: FrozenReason = 'alarm'): Promise<never> {
  const { title, note: words } = frame.text.frozen[reason]
  return offerRebind(frame, 'CUSTODY_FROZEN', { name: 'frozen', title, text: words, tone: 'bad', picture: 'warning' })
}

/** The co-signer knows nothing of this wallet, as after a restored backup. */
async function endUnknown(frame: Frame): Promise<never> {
  const { unknownWalletTitle: title, unknownWalletNote: words } = frame.text
  return offerRebind(frame, 'CUSTODY_WALLET_UNKNOWN', { name: 'unknown-wallet', title, text: words, tone: 'bad', picture: 'warning' })
}

async function offerRebind(frame: Frame, code: string, message: Omit<Message<'rebind' | 'close'>, 'choices'>): Promise<never> {
  const { text } = frame
  const state = await frame.wallet.loadWallet()
  if (state.ok) tellWallet(frame.page, state.value)
  const isAsked = state.ok && state.value.rebinds !== undefined
  const more = element('p', { class: 'note' }, text.rebindOffer)
  const choices = [['rebind', isAsked ? text.rebindContinue : text.rebindStart] as const, ['close', text.close] as const]
  const choice = await frame.screen.ask(messageView<'rebind' | 'close'>({ ...message, more, choices }))
  if (choice === 'rebind') throw new WantsRebind()
  throw new Failed(code)
}

async function endExpired(frame: Frame): Promise<never> {
  const { expiredTitle: title, expiredNote: words } = frame.text
  return endWithWords(frame, 'PAYMENT_EXPIRED', { name: 'expired', title, text: words, tone: 'wait', picture: 'clock' })
}

async function endWithWords(frame: Frame, code: string, message: Omit<Message<'close'>, 'choices'>): Promise<never> {
  await frame.screen.ask(messageView({ ...message, choices: [['close', frame.text.close]] }))
  throw new Failed(code)
}

async function waitForOtherTab(frame: Frame): Promise<void> {
  const { screen, text } = frame
  const choice = screen.ask<'retry'>((answer, signal) => {
    const timer = setTimeout(() => answer('retry'), 1_500)
    signal.addEventListener('abort', () => clearTimeout(timer), { once: true })
    return messageView<'retry'>({
      name: 'in-use',
      title: text.inUseTitle,
      text: text.inUseNote,
      tone: 'wait',
      picture: 'clock',
      more: element('p', { class: 'note' }, text.inUseWaiting),
      choices: [['retry', text.retry]],
    })(answer, signal)
  })
  await choice
}

/** Says a problem in words. Returns when it may be tried again; whoever cannot or will not leaves the session. */
export async function showProblem(frame: Frame, problem: Problem): Promise<void> {
  const { screen, text, locale } = frame
  if (problem.code === 'CUSTODY_LOCKED') await endLocked(frame)
  if (problem.code === 'CUSTODY_FROZEN' || problem.code === 'CUSTODY_STALE') await endFrozen(frame, problem.frozenReason)
  if (problem.code === 'CUSTODY_WALLET_UNKNOWN') await endUnknown(frame)
  if (problem.code === 'PAYMENT_EXPIRED') await endExpired(frame)
  const isWorthRetrying = problemCodes[problem.code].retry !== 'never'
  const choice = await screen.ask(
    messageView<'retry' | 'close'>({
      name: 'problem',
      title: text.problemTitle,
      text: describeProblem(problem.code, locale),
      tone: 'bad',
      picture: problem.code === 'SERVICE_FAULT' ? 'offline' : 'warning',
      more: element('p', { class: 'note code' }, problem.code),
      choices: isWorthRetrying
        ? [
            ['retry', text.retry],
            ['close', text.close],
          ]
        : [['close', text.close]],
    }),
  )
  if (choice === 'close') throw new Failed(problem.code)
}

/** What is said while the wallet signs: with a passkey the person has something to do. */
export async function waitingToSign(frame: Frame, words: string): Promise<string> {
  const state = await frame.wallet.loadWallet()
  return state.ok && (state.value.protection ?? 'pin') !== 'pin' ? frame.text.confirmPasskey : words
}

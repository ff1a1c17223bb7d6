import type { RebindProgress, WalletState } from '@symbolon/device'
import { Failed, need, tellWallet, type Frame } from '../frame.ts'
import { Left } from '../screen.ts'
import { messageView } from '../views/message.ts'
import { rebindView } from '../views/rebind.ts'
import { stopCodeNote } from '../views/stop-code.ts'
import { askNewPin } from './new-pin.ts'

/**
 * A new wallet in place of one that can pay no more (docs/custody.md 14): a new PIN, and each issuer asks its customer on its own page.
 * Returns when the new wallet is in place; whoever leaves goes on from there the next time.
 */
export async function rebind(frame: Frame): Promise<void> {
  for (;;) {
    let state = await need(frame, frame.text.loading, () => frame.wallet.loadWallet())
    if (state.rebinds === undefined) state = await start(frame, state)
    const { progress, state: ended } = state.rebinds === undefined ? { progress: 'rebound', state } : await follow(frame, state)
    tellWallet(frame.page, ended)
    if (progress === 'rebound') return endRebound(frame, ended)
    await endRefused(frame)
  }
}

async function start(frame: Frame, old: WalletState): Promise<WalletState> {
  const { text, screen, wallet } = frame
  const count = old.cards.filter((card) => card.state === 'active').length
  const choice = await screen.ask(
    messageView<'next' | 'close'>({
      name: 'rebind-start',
      title: text.rebindTitle,
      text: text.rebindNote(count),
      picture: 'undo',
      choices: [
        ['next', text.next],
        ['close', text.close],
      ],
    }),
  )
  if (choice === 'close') throw new Left()
  const pin = old.protection === 'passkey' ? '' : await askNewPin(frame)
  const started = await need(frame, text.rebindStarting, () => wallet.startRebind(pin))
  if (started.stopCode !== undefined) {
    await screen.ask(
      messageView({
        name: 'rebind-stop-code',
        title: text.rebindStopCodeTitle,
        text: text.rebindStopCodeNote,
        picture: 'lock',
        more: stopCodeNote(text, started.stopCode),
        choices: [['next', text.stopCodeNoted]],
      }),
    )
  }
  return started.state
}

async function follow(frame: Frame, { rebinds = [] }: WalletState): Promise<RebindProgress> {
  const { text, locale, screen, wallet } = frame
  const decided = await screen.ask(
    rebindView({
      text,
      locale,
      rebinds,
      refresh: async () => {
        const answer = await wallet.refreshRebind()
        return answer.ok ? answer.value : undefined
      },
    }),
  )
  if (decided === 'later') throw new Left()
  return decided
}

async function endRebound({ text, screen }: Frame, { cards }: WalletState): Promise<void> {
  await screen.ask(
    messageView({
      name: 'rebound',
      title: text.reboundTitle,
      text: text.reboundNote(cards.length),
      tone: 'good',
      picture: 'check',
      choices: [['done', text.done]],
    }),
  )
}

async function endRefused({ text, screen }: Frame): Promise<void> {
  const choice = await screen.ask(
    messageView<'again' | 'close'>({
      name: 'rebind-refused',
      title: text.rebindRefusedTitle,
      text: text.rebindRefusedNote,
      tone: 'bad',
      picture: 'cross',
      choices: [
        ['again', text.rebindStart],
        ['close', text.close],
      ],
    }),
  )
  if (choice === 'close') throw new Failed('TOKEN_NOT_ACTIVE')
}

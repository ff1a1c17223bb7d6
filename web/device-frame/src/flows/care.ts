import type { PinChangeOutcome, WalletState } from '@symbolon/device'
import type { Frame } from '../frame.ts'
import { careView } from '../views/care.ts'
import { messageView } from '../views/message.ts'
import { askNewPin } from './new-pin.ts'
import { withPin } from './with-pin.ts'

/** What a person can do for the wallet itself. Answers whether there is still a wallet when they leave. */
export async function careForWallet(frame: Frame, state: WalletState): Promise<boolean> {
  for (;;) {
    const choice = await frame.screen.ask(careView(frame.text, state))
    switch (choice) {
      case 'change-pin':
        await changePin(frame)
        break
      case 'refresh':
        await refreshKeys(frame)
        break
      case 'close-wallet':
        if (await closeWallet(frame)) return false
        break
      case 'back':
        return true
    }
  }
}

async function changePin(frame: Frame): Promise<void> {
  const { text } = frame
  const oldTitle = { name: 'old-pin', title: text.oldPinTitle, note: text.oldPinNote, action: text.next, waiting: text.changingPin }
  // Both PINs are asked before anything is signed: the old one opens the half, and the new one closes it again in the same step.
  const newPin = await askNewPin(frame)
  const outcome = await withPin<PinChangeSettled>(frame, oldTitle, (pin) => frame.wallet.changePin(pin, newPin))
  await say(frame, `pin-${outcome.kind}`, text.pinChange[outcome.kind], outcome.kind === 'changed' ? 'good' : 'wait')
}

type PinChangeSettled = Extract<PinChangeOutcome, { kind: 'changed' | 'undone' | 'unconfirmed' }>

async function refreshKeys(frame: Frame): Promise<void> {
  const { text } = frame
  const question = {
    name: 'refresh-pin',
    title: text.refreshPinTitle,
    note: text.refreshNote,
    action: text.refresh,
    waiting: text.refreshing,
  }
  const outcome = await withPin<{ readonly kind: 'refreshed' | 'unconfirmed' }>(frame, question, (pin) => frame.wallet.refresh(pin))
  await say(frame, outcome.kind, text.refreshEnd[outcome.kind], outcome.kind === 'refreshed' ? 'good' : 'wait')
}

async function closeWallet(frame: Frame): Promise<boolean> {
  const { text, screen } = frame
  const sure = await screen.ask(
    messageView<'back' | 'go-on'>({
      name: 'close-wallet',
      title: text.closeWalletTitle,
      text: text.closeWalletNote,
      tone: 'bad',
      picture: 'warning',
      choices: [
        ['back', text.back],
        ['go-on', text.closeWallet],
      ],
    }),
  )
  if (sure === 'back') return false
  const question = { name: 'close-pin', title: text.closePinTitle, action: text.closeWallet, waiting: text.closingWallet }
  await withPin<{ readonly kind: 'closed' }>(frame, question, (pin) => frame.wallet.closeWallet(pin))
  await say(frame, 'wallet-closed', text.walletClosed, 'good')
  return true
}

async function say(
  frame: Frame,
  name: string,
  words: { readonly title: string; readonly note: string },
  tone: 'good' | 'wait',
): Promise<void> {
  const { text, screen } = frame
  const picture = tone === 'good' ? 'check' : 'clock'
  await screen.ask(messageView({ name, title: words.title, text: words.note, tone, picture, choices: [['done', text.done]] }))
}

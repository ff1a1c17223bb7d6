import type { ProblemCode } from '@symbolon/contracts/problems'
import type { CreatedWallet, WalletState } from '@symbolon/device'
import { element } from '@symbolon/web-elements/dom'
import { need, showProblem, tellWallet, type Frame } from '../frame.ts'
import { describeProblem } from '../texts/index.ts'
import { messageView } from '../views/message.ts'
import { stopCodeNote } from '../views/stop-code.ts'
import { askNewPin } from './new-pin.ts'

type Protection = 'pin' | 'pin-and-passkey'
type PasskeyProblem = Extract<ProblemCode, `WALLET_PASSKEY_${string}`>

/** A PIN chosen twice, a passkey where there is one, then the keys of this device and the joint key with the operator's vault. */
export async function createWallet(frame: Frame): Promise<WalletState> {
  const { text, screen } = frame
  const pin = await askNewPin(frame)
  const state = await makeWallet(frame, pin)
  tellWallet(frame.page, state)
  await screen.ask(
    messageView({
      name: 'created',
      title: text.createdTitle,
      text: text.createdNote,
      tone: 'good',
      picture: 'check',
      // A software key is never called more than it is.
      more: element(
        'div',
        { class: 'stacked' },
        element('p', { class: 'note' }, state.protection === 'pin' ? text.createdWithPin : text.createdWithPasskey),
        stopCodeNote(frame.text, state.stopCode),
      ),
      choices: [['next', text.stopCodeNoted]],
    }),
  )
  return state
}

async function makeWallet(frame: Frame, pin: string): Promise<CreatedWallet> {
  let protection = await askProtection(frame)
  for (;;) {
    if (protection === 'pin') return await need(frame, frame.text.creating, () => frame.wallet.createWallet(pin, 'pin'))
    frame.screen.wait(frame.text.creatingPasskey)
    const answer = await frame.wallet.createWallet(pin, protection)
    if (answer.ok) return answer.value
    const { problem } = answer
    if (isPasskeyProblem(problem.code)) protection = await askAfterPasskey(frame, problem.code)
    else await showProblem(frame, problem)
  }
}

async function askProtection({ text, screen, wallet }: Frame): Promise<Protection> {
  if (!(await wallet.isPasskeyAvailable())) return 'pin'
  return await screen.ask(
    messageView<Protection>({
      name: 'protection',
      title: text.protectionTitle,
      text: text.protectionNote,
      picture: 'lock',
      more: element('ul', { class: 'notes' }, ...text.protectionFacts.map((fact) => element('li', {}, fact))),
      choices: [
        ['pin-and-passkey', text.protectionPasskey],
        ['pin', text.protectionPin],
      ],
    }),
  )
}

async function askAfterPasskey({ text, screen, locale }: Frame, code: PasskeyProblem): Promise<Protection> {
  const pinOnly = ['pin', text.protectionPin] as const
  return await screen.ask(
    messageView<Protection>({
      name: 'passkey-failed',
      title: text.passkeyFailedTitle,
      text: describeProblem(code, locale),
      tone: 'wait',
      picture: 'warning',
      choices: code === 'WALLET_PASSKEY_UNANSWERED' ? [['pin-and-passkey', text.retry], pinOnly] : [pinOnly],
    }),
  )
}

function isPasskeyProblem(code: ProblemCode): code is PasskeyProblem {
  return code === 'WALLET_PASSKEY_UNANSWERED' || code === 'WALLET_PASSKEY_UNSUPPORTED'
}

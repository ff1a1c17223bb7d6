import { need, tellWallet, type Frame } from '../frame.ts'
import { walletView } from '../views/wallet.ts'
import { addCard, awaitApproval } from './add-card.ts'
import { careForWallet } from './care.ts'
import { createWallet } from './create-wallet.ts'
import { loadUsableWallet } from './load-usable-wallet.ts'
import { showCard } from './show-card.ts'

/** The home of the wallet: its cards, until it is closed. */
export async function showWallet(frame: Frame): Promise<void> {
  // Which PIN is right after a change that was cut off is asked once; without an answer the view says that it is not known.
  let isAsked = false
  for (;;) {
    const state = await loadUsableWallet(frame)
    if (!state.exists) {
      await createWallet(frame)
      continue
    }
    if (state.pinChange === 'unconfirmed' && !isAsked) {
      isAsked = true
      await frame.wallet.settle()
      continue
    }
    const choice = await frame.screen.ask(walletView(frame.text, frame.locale, state))
    switch (choice.kind) {
      case 'add':
        await addCard(frame)
        break
      case 'show':
        await showCard(frame, choice.tokenReferenceId)
        break
      case 'continue':
        await awaitApproval(frame, choice.card)
        break
      case 'care':
        if (!(await careForWallet(frame, state))) return
        break
      case 'close':
        return
    }
    tellWallet(frame.page, await need(frame, frame.text.loading, () => frame.wallet.loadWallet()))
  }
}

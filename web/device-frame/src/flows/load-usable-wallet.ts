import type { WalletState } from '@symbolon/device'
import { endFrozen, endLocked, need, tellWallet, type Frame } from '../frame.ts'

/** Loads the wallet and ends the session when it is locked or frozen: what follows may count on tries. */
export async function loadUsableWallet(frame: Frame): Promise<WalletState> {
  const state = await need(frame, frame.text.loading, () => frame.wallet.loadWallet())
  tellWallet(frame.page, state)
  switch (state.health) {
    case 'locked':
      return endLocked(frame)
    case 'frozen':
      return endFrozen(frame, state.frozenReason)
    case 'none':
    case 'closed':
    case 'ready':
      return state
  }
}

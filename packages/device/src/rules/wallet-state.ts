import type { WalletState } from '../wallet-types.ts'
import type { WalletContent } from './wallet-content.ts'

/** What a page may know of the wallet: nothing secret, nothing that the operator does not know too. */
export function walletState(content: WalletContent | undefined): WalletState {
  if (content === undefined) return { exists: false, health: 'none', cards: [] }
  const { walletId, isFrozen, triesLeft, cards, purchases, protection } = content
  const open = purchases.findLast(({ isOpen }) => isOpen)
  return {
    exists: true,
    walletId,
    health: isFrozen ? 'frozen' : triesLeft === 0 ? 'locked' : 'ready',
    triesLeft,
    protection,
    cards: cards.map(({ card }) => card),
    ...(open === undefined ? {} : { pendingPaymentId: open.paymentId }),
  }
}

import type { FrozenReason } from '@symbolon/contracts/problems'
import type { RebindRequest, WalletState } from '../wallet-types.ts'
import type { Closing, PendingRebind, WalletContent } from './wallet-content.ts'

/** What the medium has: a wallet, what is left of one, or nothing, and whether the browser keeps it. */
export type Kept = {
  readonly content: WalletContent | undefined
  readonly closing: Closing | undefined
  readonly heardFrozen: FrozenReason | undefined
  readonly isPersistent: boolean
}

/**
 * What a page may know of the wallet: nothing secret, nothing that the operator does not know too. A wallet whose files the browser has
 * evicted is `none`, like one that was never made: its cards bind anew.
 */
export function walletState({ content, closing, heardFrozen, isPersistent }: Kept): WalletState {
  if (content === undefined) {
    return closing === undefined
      ? { exists: false, health: 'none', cards: [], isPersistent }
      : { exists: false, health: 'closed', cards: [], isPersistent, closing }
  }
  const { walletId, isFrozen, triesLeft, cards, purchases, protection, pinChange, successor } = content
  const frozenReason = isFrozen ? 'alarm' : heardFrozen
  const open = purchases.findLast(({ isOpen }) => isOpen)
  return {
    exists: true,
    walletId,
    health: frozenReason !== undefined ? 'frozen' : triesLeft === 0 ? 'locked' : 'ready',
    protection,
    triesLeft,
    cards: cards.map(({ card }) => card),
    isPersistent,
    ...(frozenReason === undefined ? {} : { frozenReason }),
    ...(open === undefined ? {} : { pendingPaymentId: open.paymentId }),
    ...(pinChange === undefined ? {} : { pinChange }),
    ...(successor === undefined ? {} : { rebinds: successor.rebinds.map((rebind) => describeRebind(content, rebind)) }),
  }
}

function describeRebind({ cards }: WalletContent, { approvalUrl, state, tokenReferenceIds }: PendingRebind): RebindRequest {
  const moving = cards.flatMap(({ card }) => (tokenReferenceIds.includes(card.tokenReferenceId ?? '') ? [card] : []))
  const issuerName = moving[0]?.issuerName
  return { approvalUrl, state, cards: moving, ...(issuerName === undefined ? {} : { issuerName }) }
}

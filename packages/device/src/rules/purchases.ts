import type { PaymentState } from '@symbolon/contracts/merchant-api'
import { maximumIntents, type Purchase, type WalletContent } from './wallet-content.ts'

const finalStates: ReadonlySet<PaymentState> = new Set(['captured', 'authorized', 'declined', 'expired', 'canceled', 'reversed'])

/** Whether the payment can still change for the person who paid. */
export function isFinalState(state: PaymentState): boolean {
  return finalStates.has(state)
}

export function findPurchase(content: WalletContent, paymentId: string): Purchase | undefined {
  return content.purchases.find((purchase) => purchase.paymentId === paymentId)
}

/** Remembers a purchase as open under its one attempt id. The oldest closed one makes room; an open one never does. */
export function openPurchase(content: WalletContent, opened: Omit<Purchase, 'isOpen'>): WalletContent {
  const others = content.purchases.filter(({ paymentId }) => paymentId !== opened.paymentId)
  const forgotten =
    others.length < maximumIntents
      ? -1
      : Math.max(
          0,
          others.findIndex(({ isOpen }) => !isOpen),
        )
  return { ...content, purchases: [...others.filter((_, index) => index !== forgotten), { ...opened, isOpen: true }] }
}

/** The end of an attempt is known; the attempt id stays remembered for a retry of the same payment. */
export function closePurchase(content: WalletContent, paymentId: string): WalletContent {
  return {
    ...content,
    purchases: content.purchases.map((purchase) => (purchase.paymentId === paymentId ? { ...purchase, isOpen: false } : purchase)),
  }
}

import type { FrameEvent } from '@symbolon/contracts/frame-messages'
import type { CheckoutAnswer, ShownPayment } from './checkout.ts'

export type Wallet = Extract<FrameEvent, { kind: 'symbolon/wallet' }>

/** Everything that the conversation shows. */
export type ChatState = {
  readonly isOnline: boolean
  readonly frame: 'loading' | 'ready' | 'in-use' | 'unreachable' | 'altered' | 'needs-window'
  readonly wallet: Wallet | undefined
  readonly paymentId: string | undefined
  readonly checkout: 'loading' | 'known' | 'missing' | 'unreachable'
  /** The last known state of the payment; it stays while the network is gone. */
  readonly shown: ShownPayment | undefined
  /** How far a person is with stopping a wallet by its stop code. */
  readonly stop: 'offered' | 'asked' | 'said'
}

export function applyCheckout(state: ChatState, answer: CheckoutAnswer): ChatState {
  switch (answer.kind) {
    case 'found':
      // Payments never go back: an answer that was overtaken by a newer one is dropped.
      if (state.shown !== undefined && state.shown.payment.version > answer.shown.payment.version) return { ...state, checkout: 'known' }
      return { ...state, checkout: 'known', shown: answer.shown }
    case 'missing':
      return { ...state, checkout: 'missing' }
    case 'unreachable':
      return { ...state, checkout: 'unreachable' }
  }
}

/** When to ask again; undefined: the payment is at its end. */
export function decidePollDelayMs(state: ChatState): number | undefined {
  if (state.paymentId === undefined || state.checkout === 'missing') return undefined
  if (state.checkout === 'unreachable') return 3_000
  switch (state.shown?.payment.state) {
    case undefined:
    case 'authorizing':
    case 'authorized':
    case 'unanswered':
      return 1_500
    case 'requires_confirmation':
      return 4_000
    case 'captured':
    case 'declined':
    case 'expired':
    case 'canceled':
    case 'reversed':
      return undefined
  }
}

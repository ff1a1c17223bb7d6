import type { Payment } from '@symbolon/contracts/merchant-api'
import type { PaymentOutcome } from '../wallet-types.ts'

/** What a payment's state means for the person who confirmed it. A signed payment that still waits at edge is not known yet. */
export function paymentOutcome(payment: Payment): PaymentOutcome {
  switch (payment.state) {
    case 'captured':
    case 'authorized':
      return { kind: 'paid', payment }
    case 'declined':
    case 'unanswered':
    case 'reversed':
    case 'expired':
    case 'canceled':
    case 'authorizing':
      return { kind: payment.state, payment }
    case 'requires_confirmation':
      return { kind: 'unknown', paymentId: payment.paymentId }
  }
}

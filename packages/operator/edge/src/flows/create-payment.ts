import type { Problem } from '@symbolon/contracts/problems'
import type { PaymentCreate } from '@symbolon/contracts/merchant-api'
import type { Result } from '@symbolon/formats/result'
import { decidePaymentCreation, type AmountLimits } from '../rules/payment-request.ts'
import type { Merchant } from '../rules/merchant.ts'
import type { OnceAnswer } from '../rules/idempotency.ts'
import { writePayment } from '../rules/payment.ts'
import { doOnce, type OnceDependencies, type OnceCall } from './do-once.ts'
import type { CreateId, MerchantKeyStore } from './ports.ts'
import { verifyPaymentRequest } from './verify-payment-request.ts'

export type CreatePaymentDependencies = OnceDependencies & {
  readonly merchantKeys: MerchantKeyStore
  readonly createId: CreateId
  readonly limits: AmountLimits
  readonly origin: string
}

/** Takes a request that the merchant has signed and makes a payment of it, once for each idempotency key. */
export function createPayment(
  deps: CreatePaymentDependencies,
  input: { readonly merchant: Merchant; readonly body: PaymentCreate; readonly call: OnceCall },
): Promise<Result<OnceAnswer, Problem>> {
  const { merchant, body, call } = input
  return doOnce(deps, call, async (once) => {
    // The network comes first: nothing waits for a merchant's server inside a transaction.
    const request = await verifyPaymentRequest(deps.merchantKeys, merchant, body.request)
    if (!request.ok) return request
    const decision = decidePaymentCreation({
      merchant,
      request: request.value,
      compactJws: body.request,
      paymentId: deps.createId(),
      limits: deps.limits,
      now: once.createdAt,
    })
    if (!decision.ok) return decision
    return deps.payments.create(decision.value, {
      ...once,
      write: (payment) => ({ status: 201, body: JSON.stringify(writePayment(payment, deps.origin)) }),
    })
  })
}

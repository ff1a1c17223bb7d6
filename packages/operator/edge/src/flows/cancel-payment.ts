import type { Problem } from '@symbolon/contracts/problems'
import type { Result } from '@symbolon/formats/result'
import { decideCancel } from '../rules/end.ts'
import type { OnceAnswer } from '../rules/idempotency.ts'
import { writePayment } from '../rules/payment.ts'
import { doOnce, type OnceCall, type OnceDependencies } from './do-once.ts'

/** Takes an order back before anybody has confirmed it, once for each idempotency key. */
export function cancelPayment(
  deps: OnceDependencies & { readonly origin: string },
  input: { readonly paymentId: string; readonly call: OnceCall },
): Promise<Result<OnceAnswer, Problem>> {
  const { paymentId, call } = input
  return doOnce(deps, call, (once) =>
    deps.payments.changeOnce({ merchantId: call.merchantId, paymentId }, decideCancel, {
      ...once,
      write: (payment) => ({ status: 200, body: JSON.stringify(writePayment(payment, deps.origin)) }),
    }),
  )
}

import { Type } from 'typebox'
import { Value } from 'typebox/value'
import { Id } from '@symbolon/contracts/limits'
import { ProblemDocument } from '@symbolon/contracts/merchant-api'
import { Fault, fail, ok, type Result } from '@symbolon/formats/result'
import type { PlannedPayment } from '../rules/planned-payment.ts'

// Only what is used here; the mall says more.
const Order = Type.Object({ orderId: Type.String(), paymentId: Id, state: Type.String(), lastFour: Type.Optional(Type.String()) })
export type MallOrder = { readonly orderId: string; readonly paymentId: string; readonly state: string; readonly lastFour?: string }
const maximumTries = 30

export type Mall = {
  order(planned: PlannedPayment): Promise<Result<MallOrder, string>>
  get(orderId: string): Promise<Result<MallOrder, string>>
}

/** The shops' own door: a customer orders there and looks the order up there. Refusals are answered by their code. */
export function createMall(origin: string): Mall {
  const call = async (path: string, init?: RequestInit): Promise<Result<MallOrder, string>> => {
    for (let count = 1; ; count += 1) {
      const response = await fetch(`${origin}${path}`, { ...init, signal: AbortSignal.timeout(20_000) }).catch((cause: unknown) => {
        throw new Fault('MALL_SILENT', { retry: 'later', cause })
      })
      const body: unknown = await response.json()
      if (response.ok && Value.Check(Order, body)) return ok(body)
      const code = Value.Check(ProblemDocument, body) ? body.code : 'MALL_ANSWER_UNKNOWN'
      if (code !== 'REQUEST_TOO_MANY' || count === maximumTries) return fail(code)
      await new Promise((resolve) => setTimeout(resolve, 500))
    }
  }
  return {
    order: ({ shop, currency, amount, instalmentMonths }) =>
      call('/api/orders', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          shop,
          currency,
          amountMinorUnits: amount.toString(),
          ...(instalmentMonths === 0 ? {} : { instalmentMonthsAllowed: [0, instalmentMonths] }),
        }),
      }),
    get: (orderId) => call(`/api/orders/${orderId}`),
  }
}

import { currencyByNumericCode } from '@symbolon/formats/money'
import { assert } from '@symbolon/formats/result'
import type { ReversalRequest } from '../rules/reversal-request.ts'
import type { AuthorizationDependencies } from './authorization-dependencies.ts'

/**
 * Takes a reversal of link, as often as it comes: durable once this resolves, so that 0430 may be answered. What the host may have
 * approved is reversed there by store and forward.
 */
export async function reverse(deps: AuthorizationDependencies, request: ReversalRequest): Promise<void> {
  const currency = currencyByNumericCode(request.currencyNumeric)
  assert(currency !== undefined, 'a parsed reversal has a currency that is carried')
  await deps.store.reverse(
    {
      exchangeId: deps.deriveExchangeId(request.original),
      systemsTraceAuditNumber: request.original.systemsTraceAuditNumber,
      retrievalReferenceNumber: request.original.retrievalReferenceNumber,
      amountMinorUnits: request.amountMinorUnits,
      currency,
    },
    deps.now(),
  )
  deps.wakeReversals()
}

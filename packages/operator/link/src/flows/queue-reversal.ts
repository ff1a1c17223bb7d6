import type { SentAuthorization } from '../rules/authorization.ts'
import { formatTransmissionDateTime } from '../rules/messages.ts'
import type { LinkDependencies } from './dependencies.ts'
import { untilStored } from './until-stored.ts'

/** Makes an authorization unanswered and owes the issuer its reversal, durably; then wakes the loop that sends it. */
export async function queueReversal(deps: LinkDependencies, authorization: SentAuthorization): Promise<void> {
  await untilStored(deps, async () => {
    const { number } = await deps.numbers.nextReference()
    await deps.store.queueReversal({
      paymentId: authorization.paymentId,
      issuerId: authorization.issuerId,
      queueNumber: number,
      systemsTraceAuditNumber: await deps.numbers.nextTrace(authorization.issuerId),
      transmissionDateTime: formatTransmissionDateTime(deps.clock.nowMs()),
      nowMs: deps.clock.nowMs(),
    })
  })
  deps.issuersById.get(authorization.issuerId)?.bell.ring()
}

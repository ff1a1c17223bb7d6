import { assert } from '@symbolon/formats/result'
import type { AuthorizationStore, QueuedReversal } from '../flows/authorization-store.ts'
import type { Authorization, Outcome, SentAuthorization } from '../rules/authorization.ts'

type Reversal = QueuedReversal & { attempts: number; isAcknowledged: boolean }

/** The store in memory: passes the contract of the port, and is as durable as the object is alive. */
export function createMemoryAuthorizationStore(): AuthorizationStore {
  const authorizations = new Map<string, Authorization>()
  const reversals = new Map<string, Reversal>()
  const counters = new Map<string, bigint>()
  const setOutcome = (paymentId: string, outcome: Outcome): void => {
    const existing = authorizations.get(paymentId)
    assert(existing !== undefined, 'the payment is stored')
    authorizations.set(paymentId, { ...existing, outcome })
  }
  const outcomeOf = (paymentId: string): Outcome | undefined => authorizations.get(paymentId)?.outcome
  return {
    insert: async (authorization) => {
      if (authorizations.has(authorization.paymentId)) return false
      authorizations.set(authorization.paymentId, authorization)
      return true
    },
    find: async (paymentId) => authorizations.get(paymentId),
    settle: async (paymentId, outcome) => {
      const before = outcomeOf(paymentId)
      assert(before?.kind === 'pending' || before?.kind === outcome.kind, 'an authorization has one end')
      setOutcome(paymentId, outcome)
    },
    queueReversal: async (reversal) => {
      if (reversals.has(reversal.paymentId)) return
      assert(outcomeOf(reversal.paymentId)?.kind === 'pending', 'only a pending authorization becomes unanswered')
      setOutcome(reversal.paymentId, { kind: 'unanswered' })
      reversals.set(reversal.paymentId, { ...reversal, attempts: 0, isAcknowledged: false })
    },
    settleReversal: async (paymentId) => {
      const reversal = reversals.get(paymentId)
      assert(reversal !== undefined, 'the reversal is queued')
      reversal.isAcknowledged = true
      setOutcome(paymentId, { kind: 'reversed' })
    },
    findOwedReversal: async (issuerId) => {
      const [first] = [...reversals.values()]
        .filter((reversal) => reversal.issuerId === issuerId && !reversal.isAcknowledged)
        .toSorted((left, right) => (left.queueNumber < right.queueNumber ? -1 : 1))
      if (first === undefined) return undefined
      const { systemsTraceAuditNumber, transmissionDateTime, attempts } = first
      return { original: asSent(authorizations.get(first.paymentId)), systemsTraceAuditNumber, transmissionDateTime, attempts }
    },
    countAttempt: async (paymentId) => {
      const reversal = reversals.get(paymentId)
      assert(reversal !== undefined, 'the reversal is queued')
      reversal.attempts += 1
    },
    listPending: async (limit) =>
      [...authorizations.values()]
        .filter(({ outcome }) => outcome.kind === 'pending')
        .slice(0, limit)
        .map(asSent),
    takeNumbers: async (counter, size, floor) => {
      const stored = counters.get(counter) ?? 0n
      const first = stored > floor ? stored : floor
      counters.set(counter, first + BigInt(size))
      return first
    },
  }
}

function asSent(authorization: Authorization | undefined): SentAuthorization {
  assert(authorization?.trace !== undefined, 'what was sent has its numbers')
  return { ...authorization, trace: authorization.trace }
}

import type { LinkDependencies } from './dependencies.ts'
import { queueReversal } from './queue-reversal.ts'

const pageSize = 500

/**
 * At start, before anything is accepted: what the last process left pending may have reached the issuer, and nobody will ever hear
 * the answer. Each becomes unanswered with a reversal owed.
 */
export async function recover(deps: LinkDependencies): Promise<number> {
  let count = 0
  for (;;) {
    const pending = await deps.store.listPending(pageSize)
    for (const authorization of pending) await queueReversal(deps, authorization)
    count += pending.length
    if (pending.length < pageSize) return count
  }
}

import { problem, type Problem } from '@symbolon/contracts/problems'
import { fail, type Result } from '@symbolon/formats/result'
import { decideReplay, keptSeconds, type OnceAnswer } from '../rules/idempotency.ts'
import type { OnceRequest, PaymentStore } from './payment-store.ts'
import type { Clock } from './ports.ts'

export type OnceDependencies = {
  readonly payments: PaymentStore
  readonly clock: Clock
  /** Keys whose first request runs in this process: they are told so before any work is done. */
  readonly running: Set<string>
}
/** One request with an idempotency key, hashed: neither the key nor the content is kept. */
export type OnceCall = { readonly merchantId: string; readonly keyHash: Uint8Array; readonly contentHash: Uint8Array }

/** Answers a repetition from what is stored, refuses one that runs or says something else, and lets the first one work. */
export async function doOnce(
  deps: OnceDependencies,
  call: OnceCall,
  work: (once: Omit<OnceRequest, 'write'>) => Promise<Result<OnceAnswer, Problem>>,
): Promise<Result<OnceAnswer, Problem>> {
  const name = `${call.merchantId} ${Buffer.from(call.keyHash).toString('hex')}`
  if (deps.running.has(name)) return fail(problem('REQUEST_IDEMPOTENCY_RUNNING'))
  deps.running.add(name)
  try {
    const used = await deps.payments.findAnswer(call.merchantId, call.keyHash)
    if (used !== undefined) return decideReplay(used, call.contentHash)
    const createdAt = Math.floor(deps.clock.nowMs() / 1_000)
    return await work({ keyHash: call.keyHash, contentHash: call.contentHash, createdAt, keptUntil: createdAt + keptSeconds })
  } finally {
    deps.running.delete(name)
  }
}

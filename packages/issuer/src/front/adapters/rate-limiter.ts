import { decideRate, type Bucket, type Rate } from '../rules/rate-limit.ts'

/** Limits callers by key, in memory. It remembers a bounded number of keys; when that is full, the oldest is forgotten. */
export type RateLimiter = { isAllowed(key: string): boolean }

const rememberedKeys = 10_000

export function createRateLimiter(rate: Rate, nowMs: () => number): RateLimiter {
  const buckets = new Map<string, Bucket>()
  return {
    isAllowed: (key) => {
      const decision = decideRate(buckets.get(key), rate, nowMs())
      buckets.delete(key)
      buckets.set(key, decision.bucket)
      const oldest = buckets.size > rememberedKeys ? buckets.keys().next().value : undefined
      if (oldest !== undefined) buckets.delete(oldest)
      return decision.isAllowed
    },
  }
}

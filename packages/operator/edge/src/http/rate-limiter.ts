import type { FastifyReply, FastifyRequest } from 'fastify'
import { sendProblem } from '@symbolon/service/http'
import { takeToken, type Bucket, type BucketSize } from '../rules/rate-limit.ts'

/** Requests that one caller may make. Callers are merchants, wallets, or the address where neither is known. */
export const rateLimits = {
  merchant: { perSecond: 200, burst: 400 },
  wallet: { perSecond: 50, burst: 200 },
  checkout: { perSecond: 500, burst: 1_000 },
  walletCreation: { perSecond: 50, burst: 500 },
  stops: { perSecond: 1, burst: 20 },
  unauthenticated: { perSecond: 20, burst: 100 },
} as const satisfies Record<string, BucketSize>
export type RateLimitName = keyof typeof rateLimits

const mostBuckets = 20_000

/** Whether a caller may go on. The buckets live in this process; the one that was used least recently is forgotten first. */
export type RateLimiter = (name: RateLimitName, caller: string) => boolean

export function createRateLimiter(nowMs: () => number): RateLimiter {
  const buckets = new Map<string, Bucket>()
  return (name, caller) => {
    const key = `${name} ${caller}`
    const { isAllowed, bucket } = takeToken(buckets.get(key), rateLimits[name], nowMs())
    buckets.delete(key)
    buckets.set(key, bucket)
    if (buckets.size > mostBuckets) for (const oldest of buckets.keys()) return buckets.delete(oldest) && isAllowed
    return isAllowed
  }
}

/** A hook that answers 429 for a caller who comes too often. */
export function limitRate(
  limiter: RateLimiter,
  name: RateLimitName,
  callerOf: (request: FastifyRequest) => string,
): (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply | undefined> {
  return async (request, reply) => (limiter(name, callerOf(request)) ? undefined : sendProblem(reply, { code: 'REQUEST_TOO_MANY' }))
}

/** A token bucket: `perSecond` tokens flow in, at most `burst` are kept. */
export type BucketSize = { readonly perSecond: number; readonly burst: number }
export type Bucket = { readonly tokens: number; readonly filledAtMs: number }

/** Takes one token; a bucket that was never seen is full. */
export function takeToken(
  bucket: Bucket | undefined,
  size: BucketSize,
  nowMs: number,
): { readonly isAllowed: boolean; readonly bucket: Bucket } {
  const before = bucket ?? { tokens: size.burst, filledAtMs: nowMs }
  const flowed = (Math.max(0, nowMs - before.filledAtMs) * size.perSecond) / 1_000
  const tokens = Math.min(size.burst, before.tokens + flowed)
  return tokens < 1
    ? { isAllowed: false, bucket: { tokens, filledAtMs: nowMs } }
    : { isAllowed: true, bucket: { tokens: tokens - 1, filledAtMs: nowMs } }
}

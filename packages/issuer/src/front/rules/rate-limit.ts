/** A bucket that refills evenly. `level` is what was left at `at`. */
export type Bucket = { readonly level: number; readonly at: number }
export type Rate = { readonly perMinute: number; readonly burst: number }

/** Takes one from a bucket, or refuses. `nowMs` need only grow. */
export function decideRate(
  bucket: Bucket | undefined,
  rate: Rate,
  nowMs: number,
): { readonly isAllowed: boolean; readonly bucket: Bucket } {
  const before = bucket ?? { level: rate.burst, at: nowMs }
  const level = Math.min(rate.burst, before.level + (Math.max(0, nowMs - before.at) * rate.perMinute) / 60_000)
  return level >= 1 ? { isAllowed: true, bucket: { level: level - 1, at: nowMs } } : { isAllowed: false, bucket: { level, at: nowMs } }
}

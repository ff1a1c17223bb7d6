export type OpenCount = { readonly sinceMs: number; readonly count: number }
const windowMs = 60_000

/** Counts one authenticated open in windows of a minute; undefined when the wallet has used up its window. */
export function countOpen(opens: OpenCount, nowMs: number, perMinute: number): OpenCount | undefined {
  if (nowMs - opens.sinceMs >= windowMs) return { sinceMs: nowMs, count: 1 }
  return opens.count < perMinute ? { ...opens, count: opens.count + 1 } : undefined
}

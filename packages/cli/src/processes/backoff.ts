const shortestMs = 100
const longestMs = 10_000
const calmAfterMs = 30_000

/** Decides how long to wait before a process that died is started again: at once at first, slower while it keeps dying. */
export function decideRestartDelay(previousDelayMs: number | undefined, ranForMs: number): number {
  if (previousDelayMs === undefined || ranForMs >= calmAfterMs) return shortestMs
  return Math.min(previousDelayMs * 2, longestMs)
}

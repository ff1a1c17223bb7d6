import type { Clock } from '../flows/ports.ts'
import { now } from './samples.ts'

/** Time that moves only when a test says so. */
export type TestClock = Clock & { advance(milliseconds: number): Promise<void> }

export function createTestClock(startMs: number = now * 1_000): TestClock {
  let nowMs = startMs
  let timers: { readonly atMs: number; readonly ring: () => void }[] = []
  return {
    nowMs: () => nowMs,
    wait: (milliseconds) => new Promise((ring) => timers.push({ atMs: nowMs + milliseconds, ring })),
    advance: async (milliseconds) => {
      const untilMs = nowMs + milliseconds
      await settle()
      for (;;) {
        const next = timers.toSorted((left, right) => left.atMs - right.atMs)[0]
        if (next === undefined || next.atMs > untilMs) break
        timers = timers.filter((timer) => timer !== next)
        nowMs = Math.max(nowMs, next.atMs)
        next.ring()
        await settle()
      }
      nowMs = untilMs
    },
  }
}

/** Lets everything that can go on without time go on. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve))
}

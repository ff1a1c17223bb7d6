import type { Clock } from '../ports.ts'

/** The clocks of the machine. */
export function createSystemClock(): Clock {
  return {
    nowSeconds: () => Math.floor(Date.now() / 1_000),
    monotonicMs: () => performance.now(),
    wait: (milliseconds) =>
      new Promise((resolve) => {
        setTimeout(resolve, milliseconds)
      }),
  }
}

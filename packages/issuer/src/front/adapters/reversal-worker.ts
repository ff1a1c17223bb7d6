import type { Log } from '@symbolon/service/log'
import { forwardReversal } from '../flows/forward-reversals.ts'

export type ReversalWorker = { wake(): void; close(): Promise<void> }

/** Forwards waiting reversals one after the other, from its start, when woken, and again after a pause while the host is silent. */
export function createReversalWorker(
  deps: Parameters<typeof forwardReversal>[0],
  options: { readonly retryMs: number; readonly log: Log },
): ReversalWorker {
  let isClosed = false
  let isWoken = true
  let ring: () => void = () => undefined
  let isIdle = false
  const pause = (ms: number | undefined): Promise<void> =>
    new Promise((resolve) => {
      const timer = ms === undefined ? undefined : setTimeout(resolve, ms)
      ring = () => {
        clearTimeout(timer)
        resolve()
      }
      if (isClosed) ring()
    })
  const run = async (): Promise<void> => {
    while (!isClosed) {
      isWoken = false
      const outcome = await forwardReversal(deps).catch((error: unknown) => {
        options.log.error('a reversal could not be forwarded', error)
        return 'waiting' as const
      })
      // While the host is silent a further reversal does not shorten the pause: it waits behind the one that is not confirmed.
      if (outcome === 'waiting') await pause(options.retryMs)
      isIdle = outcome === 'none' && !isWoken
      if (isIdle) await pause(undefined)
      isIdle = false
    }
  }
  const finished = run()
  return {
    wake: () => {
      isWoken = true
      if (isIdle) ring()
    },
    close: () => {
      isClosed = true
      ring()
      return finished
    },
  }
}

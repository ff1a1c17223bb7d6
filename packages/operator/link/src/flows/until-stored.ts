import { Fault } from '@symbolon/formats/result'
import type { LinkDependencies } from './dependencies.ts'

const firstPauseMs = 50
const longestPauseMs = 2_000

/**
 * Repeats a change until the store has it. What an issuer has answered must not be lost because the database was away; if the process
 * ends first, the row is still pending and the next start reverses it.
 */
export async function untilStored(deps: LinkDependencies, change: () => Promise<void>): Promise<void> {
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(longestPauseMs, pauseMs * 2)) {
    try {
      return await change()
    } catch (error) {
      if (!(error instanceof Fault) || deps.isStopping()) throw error
      deps.log.warn('the store does not answer; the change is repeated', { code: error.code })
    }
    await deps.clock.sleep(pauseMs)
  }
}

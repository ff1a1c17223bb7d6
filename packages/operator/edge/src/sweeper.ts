import type { Log } from '@symbolon/service/log'
import { sweep } from './flows/sweep.ts'
import type { PayDependencies } from './flows/pay.ts'

/** Sweeps at once and then `intervalMs` after the end of each round, so that two rounds never overlap. Answers how to stop it. */
export function startSweeper(deps: PayDependencies, log: Log, intervalMs: number): () => Promise<void> {
  let stopped = false
  let timer: NodeJS.Timeout | undefined
  let round: Promise<void> = Promise.resolve()
  const run = async (): Promise<void> => {
    try {
      const report = await sweep(deps)
      if (report.expired + report.holds > 0) log.info('payments were brought on', { count: report.expired + report.holds })
    } catch {
      log.warn('a sweep was cut short; the next one goes on')
    }
    if (!stopped) timer = setTimeout(startRound, intervalMs)
  }
  const startRound = (): void => {
    round = run()
  }
  startRound()
  return async () => {
    stopped = true
    clearTimeout(timer)
    await round
  }
}

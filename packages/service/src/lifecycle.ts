import { ConfigurationError } from './config.ts'
import { createLog, type Log } from './log.ts'

/** What a started process holds: it is closed once, in the order of the list, when the process is asked to stop. */
export type Running = { readonly close: readonly (() => unknown)[]; readonly address?: string }

/**
 * Runs a process of any party: starts it, says `ready` as one JSON line on standard output, and stops it on SIGINT, SIGTERM or
 * when the pipe of the parent that supervises it closes (so that nothing outlives a killed parent).
 */
export async function runService(name: string, start: (log: Log) => Promise<Running>): Promise<void> {
  const log = createLog(name)
  let running: Running = { close: [] }
  let stopping = false
  const stop = async (): Promise<void> => {
    if (stopping) return
    stopping = true
    setTimeout(() => process.exit(1), 5_000).unref()
    for (const close of running.close) await Promise.resolve(close()).catch((error: unknown) => log.error('a part did not close', error))
    process.exit(0)
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void stop())
  if (process.env['SYMBOLON_SUPERVISED'] === '1')
    process.stdin
      .on('end', () => void stop())
      .on('error', () => void stop())
      .resume()
  try {
    running = await start(log)
    process.stdout.write(`${JSON.stringify({ ready: name, address: running.address ?? null })}\n`)
  } catch (error) {
    log.error('the process could not start', error)
    if (error instanceof ConfigurationError) process.stderr.write(`${name}: ${error.message} ${error.path}\n`)
    process.exit(error instanceof ConfigurationError ? 3 : 1)
  }
}

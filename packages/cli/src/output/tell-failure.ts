import { explain } from './explain.ts'
import { writeEvent } from './reporter.ts'

/** Tells a failure on standard error (and as an event) and answers the exit code. */
export function tellFailure(error: unknown, json: boolean): number {
  const { code, lines, exitCode } = explain(error)
  if (json) writeEvent('failed', { code, lines, exitCode })
  process.stderr.write(`${lines.join('\n')}\n`)
  return exitCode
}

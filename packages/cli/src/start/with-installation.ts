import { ConfigurationError } from '@symbolon/service/config'
import type { Reporter } from '../output/reporter.ts'
import type { Home } from '../state/home.ts'
import { readRunFile } from './run-file.ts'
import { startInstallation } from './start-installation.ts'

/** Does something with the running installation, or with one that is started for it and stopped afterwards. */
export async function withInstallation<Value>(
  deps: { readonly home: Home; readonly reporter: Reporter; readonly signal: AbortSignal },
  work: (runFile: string) => Promise<Value>,
): Promise<Value> {
  const outcome = await startInstallation(deps.home, deps.reporter, deps.signal)
  if (outcome.kind === 'already-running') {
    if (readRunFile(deps.home) === undefined) throw new ConfigurationError('an installation is starting; try again in some seconds', '')
    return work(deps.home.runFile)
  }
  try {
    return await work(deps.home.runFile)
  } finally {
    await deps.reporter.step('everything is stopped', () => outcome.stop())
  }
}

import { describeFirstSteps, listAddresses } from '../output/addresses.ts'
import { exitCodes } from '../output/exit-codes.ts'
import { tellFailure } from '../output/tell-failure.ts'
import { createReporter, writeEvent, type Reporter } from '../output/reporter.ts'
import { readRunFile } from '../start/run-file.ts'
import { startInstallation, type Running } from '../start/start-installation.ts'
import { findHome, type Home } from '../state/home.ts'
import { jsonOption, makeCommand } from './command.ts'

export const startCommand = makeCommand({
  name: 'start',
  description: 'Start everything: databases, the operator’s planes, sandbox issuers, mall and pages. Ctrl-C stops it.',
  args: { json: jsonOption },
  run: ({ json }) => start(json),
})

async function start(json: boolean): Promise<number> {
  const startedAt = performance.now()
  const reporter = createReporter({ json })
  const home = findHome()
  const abort = new AbortController()
  const interrupted = onInterrupt(() => abort.abort(), json)
  try {
    const outcome = await startInstallation(home, reporter, abort.signal)
    if (outcome.kind === 'already-running') return tellAlreadyRunning(home, outcome.pid, json)
    tellReady({ reporter, running: outcome, seconds: (performance.now() - startedAt) / 1_000, json })
    await interrupted
    return await stopAll(reporter, outcome)
  } catch (error) {
    return tellFailure(error, json)
  }
}

/** Resolves at the first SIGINT, SIGTERM or SIGHUP. Ctrl-C comes to the whole terminal group; the processes are in others. */
function onInterrupt(abort: () => void, json: boolean): Promise<void> {
  return new Promise((resolve) => {
    let times = 0
    const stop = (): void => {
      times += 1
      if (times > 1) return
      if (!json) process.stderr.write('\n')
      abort()
      resolve()
    }
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop)
  })
}

function tellReady({
  reporter,
  running,
  seconds,
  json,
}: {
  readonly reporter: Reporter
  readonly running: Running
  readonly seconds: number
  readonly json: boolean
}): void {
  const { installation } = running
  if (json) {
    writeEvent('ready', {
      seconds: Math.round(seconds * 1_000) / 1_000,
      addresses: listAddresses(installation),
      runFile: findHome().runFile,
    })
    return
  }
  process.stdout.write(`${describeFirstSteps(installation)}\n`)
  reporter.note('ready', `Ready in ${seconds.toFixed(1)} s. Logs: ${installation.machinery?.logFolder ?? ''}. Ctrl-C stops everything.`)
}

async function stopAll(reporter: Reporter, running: Running): Promise<number> {
  await reporter.step('everything is stopped', () => running.stop())
  return exitCodes.ok
}

function tellAlreadyRunning(home: Home, pid: number, json: boolean): number {
  const installation = readRunFile(home)
  const addresses = installation === undefined ? {} : listAddresses(installation)
  if (json) writeEvent('already-running', { pid, addresses })
  else {
    process.stderr.write(`This installation is running already (process ${pid}); its addresses:\n`)
    for (const [name, address] of Object.entries(addresses)) process.stdout.write(`${name}\t${address}\n`)
    if (installation === undefined) process.stderr.write('It is still starting; ask again in some seconds.\n')
  }
  return exitCodes.ok
}

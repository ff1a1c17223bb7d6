import { describeFirstSteps, listAddresses } from '../output/addresses.ts'
import { exitCodes } from '../output/exit-codes.ts'
import { createReporter, writeEvent, type Reporter } from '../output/reporter.ts'
import { listenForInterrupt } from '../processes/interrupt.ts'
import { readRunFile } from '../start/run-file.ts'
import { startInstallation, type Running } from '../start/start-installation.ts'
import { findHome, type Home } from '../state/home.ts'
import { jsonOption, makeCommand } from './command.ts'

export const startCommand = makeCommand({
  name: 'start',
  description: 'Start everything: databases, the operator’s planes, sandbox issuers, mall and pages. Ctrl-C stops it.',
  args: {
    json: jsonOption,
    'accept-restore': {
      type: 'string',
      description: 'go on with a database that was put back from a backup; a name that is good once',
      required: false,
    },
  },
  run: (args) => start(args.json, args['accept-restore']),
})

async function start(json: boolean, acceptRestore: string | undefined): Promise<number> {
  const startedAt = performance.now()
  const reporter = createReporter({ json })
  const home = findHome()
  const interrupt = listenForInterrupt()
  const outcome = await startInstallation(home, reporter, interrupt.signal, acceptRestore)
  if (outcome.kind === 'already-running') return tellAlreadyRunning(home, outcome.pid, json)
  tellReady({ reporter, running: outcome, home, seconds: (performance.now() - startedAt) / 1_000, json })
  await interrupt.happened
  await reporter.step('everything is stopped', () => outcome.stop())
  return exitCodes.ok
}

type Ready = {
  readonly reporter: Reporter
  readonly running: Running
  readonly home: Home
  readonly seconds: number
  readonly json: boolean
}

function tellReady({ reporter, running, home, seconds, json }: Ready): void {
  const { installation } = running
  if (json) {
    const { frameBundleHash } = installation
    const addresses = listAddresses(installation)
    writeEvent('ready', { seconds: Math.round(seconds * 1_000) / 1_000, addresses, frameBundleHash, runFile: home.runFile })
    return
  }
  process.stdout.write(`${describeFirstSteps(installation)}\n`)
  reporter.note('ready', `Ready in ${seconds.toFixed(1)} s. Logs: ${home.logFolder}. Ctrl-C stops everything.`)
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

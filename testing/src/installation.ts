import { spawn, type ChildProcess } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { isReachableByOthers } from '@symbolon/cli/postgres'
import { Installation, type InstalledMachinery } from '@symbolon/contracts/installation'
import { Value } from 'typebox/value'

export const checkout = join(dirname(fileURLToPath(import.meta.url)), '..', '..')
const launcher = join(checkout, 'packages/cli/bin/symbolon.js')
const readyTimeoutMs = 100_000
const stopTimeoutMs = 40_000

export type InstallationEvent = { readonly event: string } & Readonly<Record<string, unknown>>
export type StartOptions = {
  readonly portBase?: number
  /** Keeps the state of an installation that was killed; by default each has an empty folder of its own. */
  readonly home?: string
  readonly environment?: Readonly<Record<string, string>>
}

/** A whole installation, run by the real command line as its own processes. */
export type TestInstallation = {
  readonly home: string
  readonly portBase: number
  readonly pid: number
  readonly events: readonly InstallationEvent[]
  /** As it stands in the run file now: process numbers change when a process is started again. */
  installation(): Installation
  machinery(): InstalledMachinery
  pidOf(name: string): number
  /** Sends a signal to a process of the installation and answers its number. */
  kill(name: string, signal: NodeJS.Signals): number
  /** Waits until a process that had this number runs under another one. */
  untilRestarted(name: string, oldPid: number): Promise<number>
  /** Ends the command line as Ctrl-C or a kill would, and answers its exit code (null: killed). The state folder stays. */
  end(signal: NodeJS.Signals): Promise<number | null>
  /** Stops everything and removes the state folder. */
  stop(): Promise<void>
}

/** Starts an installation with its own state folder and ports, and resolves when every process is ready. */
export async function startInstallation(options: StartOptions = {}): Promise<TestInstallation> {
  const home = options.home ?? makeTestHome()
  const portBase = options.portBase ?? (await findFreePortBase())
  const child = runCli(['start', '--json'], {
    home,
    portBase,
    ...(options.environment === undefined ? {} : { environment: options.environment }),
  })
  const exited = new Promise<number | null>((resolve) => child.on('exit', (code) => resolve(code)))
  const { events, outcome, errors } = followEvents(child, exited)
  const result = await Promise.race([outcome, wait(readyTimeoutMs, 'late' as const, { ref: false })])
  if (result !== 'ready') {
    child.kill('SIGKILL')
    process.stderr.write(`${errors.text.slice(-4_000)}${JSON.stringify(events.at(-1))}\n`)
    throw new Error(result === 'late' ? 'the installation is not ready in time' : 'the installation ended before it was ready')
  }
  const installation = (): Installation => Value.Parse(Installation, JSON.parse(readFileSync(join(home, 'run.json'), 'utf8')))
  const machinery = (): InstalledMachinery => {
    const found = installation().machinery
    if (found === undefined) throw new Error('the run file does not name the processes')
    return found
  }
  const find = (name: string): number | undefined => machinery().processes.find((one) => one.name === name)?.pid
  const pidOf = (name: string): number => {
    const pid = find(name)
    if (pid === undefined) throw new Error('there is no such process in the run file')
    return pid
  }
  const end = async (signal: NodeJS.Signals): Promise<number | null> => {
    child.kill(signal)
    const code = await Promise.race([exited, wait(stopTimeoutMs, 'late' as const, { ref: false })])
    if (code !== 'late') return code
    child.kill('SIGKILL')
    throw new Error('the installation did not stop in time')
  }
  return {
    home,
    portBase,
    pid: child.pid ?? 0,
    events,
    installation,
    machinery,
    pidOf,
    kill: (name, signal) => {
      const pid = pidOf(name)
      process.kill(pid, signal)
      return pid
    },
    untilRestarted: (name, oldPid) =>
      until(() => {
        const pid = find(name)
        return pid === oldPid ? undefined : pid
      }),
    end,
    stop: async () => {
      if (child.exitCode === null && child.signalCode === null) await end('SIGTERM')
      rmSync(home, { recursive: true, force: true })
    },
  }
}

/** An empty state folder that the user who runs PostgreSQL can pass through. */
export function makeTestHome(): string {
  const home = mkdtempSync(join(isReachableByOthers(tmpdir()) ? tmpdir() : '/tmp', 'symbolon-test-'))
  chmodSync(home, 0o711)
  return home
}

/** Runs the real command line. It ends when the pipe on its standard input closes, so that nothing outlives a killed test. */
export function runCli(
  args: readonly string[],
  options: { readonly home: string; readonly portBase: number; readonly environment?: Readonly<Record<string, string>> },
): ChildProcess {
  return spawn(process.execPath, [launcher, ...args], {
    cwd: checkout,
    env: {
      PATH: process.env['PATH'] ?? '',
      SYMBOLON_HOME: options.home,
      SYMBOLON_PORT_BASE: String(options.portBase),
      SYMBOLON_SUPERVISED: '1',
      ...options.environment,
    },
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
  })
}

/** Asks again and again until an answer is there; fails after a minute. */
export async function until<Value>(ask: () => Value | undefined | Promise<Value | undefined>, timeoutMs = 60_000): Promise<Value> {
  for (const deadline = performance.now() + timeoutMs; performance.now() < deadline; await wait(50)) {
    const answer = await ask()
    if (answer !== undefined) return answer
  }
  throw new Error('what was waited for did not happen in time')
}

/** Below the range from which systems take the ports of outgoing connections. */
export async function findFreePortBase(): Promise<number> {
  for (;;) {
    const base = 10_000 + Math.floor(Math.random() * 400) * 50
    const free = await Promise.all([0, 1, 2, 11, 12, 13, 21, 22, 23, 31, 32, 33, 41, 42, 43].map((offset) => isFree(base + offset)))
    if (free.every(Boolean)) return base
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen({ host: '127.0.0.1', port }, () => server.close(() => resolve(true)))
  })
}

/** Whether a process runs; one that has ended and was not yet collected by its parent does not. */
export function isAlive(pid: number): boolean {
  const stat = `/proc/${pid}/stat`
  try {
    return existsSync(stat) && !/^\d+ \(.*\) [ZX]/su.test(readFileSync(stat, 'utf8'))
  } catch {
    return false
  }
}

function followEvents(child: ChildProcess, exited: Promise<number | null>) {
  const events: InstallationEvent[] = []
  const errors = { text: '' }
  child.stderr?.on('data', (chunk: Buffer) => (errors.text += chunk.toString('utf8')))
  const ready = new Promise<'ready'>((resolve) => {
    let rest = ''
    child.stdout?.on('data', (chunk: Buffer) => {
      const lines = (rest + chunk.toString('utf8')).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) {
        const event = parseEvent(line)
        events.push(event)
        if (event.event === 'ready') resolve('ready')
      }
    })
  })
  return { events, errors, outcome: Promise.race([ready, exited.then(() => 'ended' as const)]) }
}

function parseEvent(line: string): InstallationEvent {
  const value: unknown = JSON.parse(line)
  if (typeof value !== 'object' || value === null || !('event' in value) || typeof value.event !== 'string') throw new Error('not an event')
  return { ...value, event: value.event }
}

import { spawn, type ChildProcess } from 'node:child_process'
import { setTimeout as wait } from 'node:timers/promises'
import { Fault } from '@symbolon/formats/result'
import { decideRestartDelay } from './backoff.ts'
import type { LogFile } from './log-file.ts'

export type ProcessChange =
  | { readonly kind: 'running'; readonly pid: number }
  | { readonly kind: 'died'; readonly code: number | null; readonly signal: string | null; readonly againInMs: number }

export type SupervisedOptions = {
  readonly name: string
  readonly program: string
  readonly configFile: string
  readonly log: LogFile
  readonly onChange: (change: ProcessChange) => void
}

/** One process that is started again when it dies, until it is stopped. */
export type Supervised = {
  readonly name: string
  /** Resolves when the process has said for the first time that it is ready; rejects when it never gets so far. */
  readonly ready: Promise<void>
  stop(timeoutMs: number): Promise<void>
}

type Ended = { readonly code: number | null; readonly signal: string | null }
type Attempt = { readonly child: ChildProcess; readonly ready: Promise<boolean>; readonly ended: Promise<Ended> }

const readyTimeoutMs = 60_000
const startAttempts = 3
/** The process cannot run with its configuration (see @symbolon/service/lifecycle): starting it again changes nothing. */
const configurationExitCode = 3

export function supervise(options: SupervisedOptions): Supervised {
  const life = { stopping: false, attempt: undefined as Attempt | undefined }
  const stopped = new AbortController()
  let onReady: () => void = () => undefined
  let onFailed: (error: unknown) => void = () => undefined
  const ready = new Promise<void>((resolve, reject) => {
    onReady = resolve
    onFailed = reject
  })
  // Whoever stops before the first readiness does not wait for it.
  ready.catch(() => undefined)
  const finished = keepRunning().catch(onFailed)

  async function keepRunning(): Promise<void> {
    let wasReady = false
    let delayMs: number | undefined
    for (let starts = 1; !life.stopping; starts += 1) {
      const startedAt = performance.now()
      const attempt = startOnce(options)
      life.attempt = attempt
      if (await attempt.ready) {
        wasReady = true
        options.onChange({ kind: 'running', pid: attempt.child.pid ?? 0 })
        onReady()
      }
      const ended = await attempt.ended
      if (life.stopping) return
      if (!wasReady && (ended.code === configurationExitCode || starts >= startAttempts)) {
        throw new Fault('PROCESS_NOT_STARTED', { retry: 'never', cause: options.name })
      }
      delayMs = decideRestartDelay(delayMs, performance.now() - startedAt)
      options.onChange({ kind: 'died', ...ended, againInMs: delayMs })
      await wait(delayMs, undefined, { signal: stopped.signal }).catch(() => undefined)
    }
  }

  return {
    name: options.name,
    ready,
    stop: async (timeoutMs) => {
      life.stopping = true
      stopped.abort()
      const { attempt } = life
      if (attempt === undefined) return
      attempt.child.kill('SIGTERM')
      await Promise.race([attempt.ended, wait(timeoutMs, undefined, { ref: false }).then(() => attempt.child.kill('SIGKILL'))])
      await finished
    },
  }
}

function startOnce({ program, configFile, log }: SupervisedOptions): Attempt {
  const child = spawn(process.execPath, [program, '--config', configFile], {
    cwd: '/',
    // Nothing of our own environment: a child knows its configuration file and nothing else. The pipe on its standard input tells
    // it when we are gone.
    env: { PATH: process.env['PATH'] ?? '', SYMBOLON_SUPERVISED: '1', TZ: 'UTC', NODE_ENV: 'production' },
    // A session of its own: Ctrl-C in the terminal reaches us alone, and we stop the processes in order.
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  child.stdin.on('error', () => undefined)
  child.stderr.on('data', (chunk: Buffer) => log.write(chunk.toString('utf8')))
  const ended = new Promise<Ended>((resolve) => {
    child.on('error', () => resolve({ code: null, signal: null }))
    child.on('exit', (code, signal) => resolve({ code, signal }))
  })
  const said = new Promise<boolean>((resolve) => {
    let text = ''
    child.stdout.on('data', (chunk: Buffer) => {
      log.write(chunk.toString('utf8'))
      if (text.length > 10_000) return
      text += chunk.toString('utf8')
      if (/^\{"ready":/mu.test(text)) resolve(true)
    })
  })
  const late = wait(readyTimeoutMs, false, { ref: false })
  void Promise.race([said, late, ended]).then((outcome) => (outcome === false ? child.kill('SIGKILL') : undefined))
  return { child, ended, ready: Promise.race([said, late, ended.then(() => false)]) }
}

import { fork } from 'node:child_process'
import { join } from 'node:path'
import type { DrillSize } from '../drill.ts'
import { parseChildMessage } from './child-messages.ts'
import type { DrillRun } from './judge.ts'

export type ChildOptions = {
  readonly name: string
  readonly size: DrillSize
  readonly seed: string
  readonly signal: AbortSignal
  readonly onProgress: (done: number, total: number) => void
  readonly onLog: (line: string) => void
}

const timeoutMs: Readonly<Record<DrillSize, number>> = { small: 420_000, full: 4 * 3_600_000 }
const killAfterMs = 10_000
const maximumTail = 4_000

/** Runs a drill of a tree in a process of its own, so that what it breaks stays there. A process without an outcome has failed. */
export function runInChild(tree: string, options: ChildOptions): Promise<DrillRun> {
  const { name, size, seed, signal } = options
  const child = fork(join(tree, 'drills/dist/runner/child.js'), [name, size, seed], {
    cwd: tree,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    // The runner's own conditions and flags are not the drill's.
    execArgv: [],
  })
  let run: DrillRun | undefined
  let tail = ''
  let stopped: string | undefined
  const stop = (reason: string): void => {
    stopped ??= reason
    child.kill('SIGTERM')
    setTimeout(() => child.kill('SIGKILL'), killAfterMs).unref()
  }
  const timer = setTimeout(() => stop('it did not end in time'), timeoutMs[size])
  const interrupt = (): void => stop('it was interrupted')
  signal.addEventListener('abort', interrupt)
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => (tail = (tail + chunk.toString('utf8')).slice(-maximumTail)))
  child.on('message', (value) => {
    const message = parseChildMessage(value)
    if (message?.kind === 'progress') options.onProgress(message.done, message.total)
    if (message?.kind === 'log') options.onLog(message.line)
    if (message?.kind === 'outcome') run = { kind: 'ended', outcome: message.outcome }
    if (message?.kind === 'failed') run = { kind: 'failed', reason: message.reason }
  })
  return new Promise((resolve) => {
    child.on('error', () => (stopped ??= 'its process could not be started'))
    child.on('close', () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', interrupt)
      const ended = run ?? { kind: 'failed', reason: stopped ?? 'its process ended without an outcome' }
      if (ended.kind === 'failed') options.onLog(tail)
      resolve(ended)
    })
  })
}

import { appendFileSync, existsSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'

/** Where what a process says is kept. `tail` answers its last lines, for a message when it fails. */
export type LogFile = { readonly path: string; write(text: string): void; tail(lines: number): readonly string[] }

const largestBytes = 20_000_000

/** Opens a log: the last run's becomes `.1`, and so does a log that has grown too large, so that two files are the most. */
export function openLogFile(path: string): LogFile {
  let size = 0
  const rotate = (): void => {
    if (existsSync(path)) renameSync(path, `${path}.1`)
    writeFileSync(path, '', { mode: 0o600 })
    size = 0
  }
  if (existsSync(path) && statSync(path).size > 0) rotate()
  else writeFileSync(path, '', { mode: 0o600 })
  return {
    path,
    write: (text) => {
      if (size > largestBytes) rotate()
      appendFileSync(path, text)
      size += Buffer.byteLength(text)
    },
    tail: (lines) => readFileSync(path, 'utf8').trimEnd().split('\n').slice(-lines),
  }
}

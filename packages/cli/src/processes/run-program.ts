import { spawn } from 'node:child_process'

export type ProgramResult = { readonly code: number; readonly output: string }

/**
 * Runs a program to its end. What it writes to standard output goes to ours or, when captured, is answered; its standard error is
 * always shown. An abort sends it SIGTERM.
 */
export function runProgram(
  program: string,
  args: readonly string[],
  options: { readonly capture: boolean; readonly signal: AbortSignal },
): Promise<ProgramResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, ...args], {
      stdio: ['ignore', options.capture ? 'pipe' : 'inherit', 'inherit'],
      signal: options.signal,
      killSignal: 'SIGTERM',
    })
    let output = ''
    child.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString('utf8')))
    child.on('error', reject)
    child.on('close', (code, signal) => resolve({ code: signal === null ? (code ?? 1) : 1, output }))
  })
}

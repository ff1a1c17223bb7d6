import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Fault } from '@symbolon/formats/result'
import { exitCodes } from '../output/exit-codes.ts'
import { createReporter } from '../output/reporter.ts'
import { listenForInterrupt } from '../processes/interrupt.ts'
import { runProgram, type ProgramResult } from '../processes/run-program.ts'
import { programs } from '../setup/programs.ts'
import { withInstallation } from '../start/with-installation.ts'
import { findCheckout, findHome } from '../state/home.ts'
import { jsonOption, makeCommand } from './command.ts'

export const demoCommand = makeCommand({
  name: 'demo',
  description:
    'Enrol published test cards, pay with them over HTTP, compare the books, search for planted values. Starts what is not running.',
  args: {
    json: jsonOption,
    cards: { type: 'string', description: 'CSV file of your own cards', valueHint: 'FILE' },
    payments: { type: 'string', description: 'CSV file of your own payments', valueHint: 'FILE' },
  },
  passOn: true,
  run: (_args, rest) => demo(rest),
})

async function demo(rest: readonly string[]): Promise<number> {
  const checkout = findCheckout()
  const program = join(checkout, programs.demo)
  if (!existsSync(program)) throw new Fault('PROGRAM_NOT_BUILT', { retry: 'never', cause: programs.demo })
  const json = rest.includes('--json')
  const { signal } = listenForInterrupt()
  // The steps of the start go to standard error, also with --json: standard output holds one object.
  return withInstallation({ home: findHome(), reporter: createReporter({ json: false }), signal }, async (runFile) => {
    const folder = mkdtempSync(join(tmpdir(), 'symbolon-demo-'))
    const planted = join(folder, 'planted.json')
    try {
      const paid = await runProgram(program, ['--run', runFile, '--planted', planted, ...rest], { capture: json, signal })
      const canaries = join(checkout, programs.canaries)
      if (!existsSync(planted) || !existsSync(canaries)) return end(json, [paid])
      const search = ['--run', runFile, '--planted', planted, ...(json ? ['--json'] : [])]
      return end(json, [paid, await runProgram(canaries, search, { capture: json, signal })])
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
}

/** One object on one line: what the customers found, and what the search found. The first failure is the exit code. */
function end(json: boolean, [paid, searched]: readonly [ProgramResult, ProgramResult?]): number {
  if (json) {
    const { planted = 0, found = 0, controlFound = false, bytesSearched = 0 } = parseObject(searched?.output ?? '')
    process.stdout.write(`${JSON.stringify({ ...parseObject(paid.output), canaries: { planted, found, controlFound, bytesSearched } })}\n`)
  }
  return [paid, searched].find((result) => result !== undefined && result.code !== exitCodes.ok)?.code ?? exitCodes.ok
}

function parseObject(output: string): Readonly<Record<string, unknown>> {
  const line = output.trimEnd().split('\n').at(-1) ?? ''
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {}
  } catch {
    return {}
  }
}

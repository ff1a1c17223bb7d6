import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { Fault } from '@symbolon/formats/result'
import { exitCodes } from '../output/exit-codes.ts'
import { createReporter } from '../output/reporter.ts'
import { listenForInterrupt } from '../processes/interrupt.ts'
import { runProgram } from '../processes/run-program.ts'
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
    const args = ['--installation', runFile, ...rest]
    const paid = await runProgram(program, args, { capture: json, signal })
    const canaries = join(checkout, programs.canaries)
    const searched = existsSync(canaries) ? await runProgram(canaries, args, { capture: json, signal }) : undefined
    if (json)
      process.stdout.write(
        `${JSON.stringify({ ...parseObject(paid.output), ...(searched === undefined ? {} : parseObject(searched.output)) })}\n`,
      )
    return [paid, searched].find((result) => result !== undefined && result.code !== exitCodes.ok)?.code ?? exitCodes.ok
  })
}

function parseObject(output: string): object {
  const line = output.trimEnd().split('\n').at(-1) ?? ''
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' && value !== null ? value : {}
  } catch {
    return {}
  }
}

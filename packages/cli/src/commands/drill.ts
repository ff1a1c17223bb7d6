import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { Fault } from '@symbolon/formats/result'
import { listenForInterrupt } from '../processes/interrupt.ts'
import { runProgram } from '../processes/run-program.ts'
import { programs } from '../setup/programs.ts'
import { findCheckout } from '../state/home.ts'
import { makeCommand } from './command.ts'

export const drillCommand = makeCommand({
  name: 'drill',
  description:
    'Carry out attacks, each beside a control: the same attack on a copy without the defence. Without a name they are listed. Exit code 0 only if every drill is withstood and every control broken.',
  args: {
    name: { type: 'positional', description: 'which drill; `canaries` alone searches as its own help says', required: false },
    all: { type: 'boolean', description: 'every drill, in the small size', default: false },
    full: { type: 'boolean', description: 'the full size, which takes hours', default: false },
    list: { type: 'boolean', description: 'print what drills there are', default: false },
    json: { type: 'boolean', description: 'print one JSON array on one line', default: false },
    verbose: { type: 'boolean', description: 'show what the drills log', default: false },
    seed: { type: 'string', description: 'repeat the attacker’s choices of a run', valueHint: 'TEXT' },
  },
  passOn: true,
  run: ({ name, all }, rest) => drill(name, all, rest),
})

async function drill(name: string | undefined, isAll: boolean, rest: readonly string[]): Promise<number> {
  const checkout = findCheckout()
  // The canaries have options of their own, for installations that run; as one drill among others they come with `--all`, or with `--with-control`.
  const isSearch = name === 'canaries' && !isAll && !rest.includes('--with-control')
  const program = join(checkout, isSearch ? programs.canaries : programs.drills)
  if (!existsSync(program)) throw new Fault('PROGRAM_NOT_BUILT', { retry: 'never', cause: program })
  // A drill starts what it attacks by itself: it moves wires, stops processes and would disturb an installation that people use.
  const { signal } = listenForInterrupt()
  const options = isSearch ? rest.filter((text) => text !== name) : rest.filter((text) => text !== '--with-control')
  const { code } = await runProgram(program, options.length === 0 && !isSearch ? ['--list'] : options, { capture: false, signal })
  return code
}

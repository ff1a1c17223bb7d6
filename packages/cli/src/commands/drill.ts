import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { exitCodes } from '../output/exit-codes.ts'
import { listenForInterrupt } from '../processes/interrupt.ts'
import { runProgram } from '../processes/run-program.ts'
import { findCheckout } from '../state/home.ts'
import { jsonOption, makeCommand } from './command.ts'

export const drillCommand = makeCommand({
  name: 'drill',
  description: 'Run an attack or a search against an installation that it starts for itself. Without a name they are listed.',
  args: { name: { type: 'positional', description: 'which drill; without a name they are listed', required: false }, json: jsonOption },
  passOn: true,
  run: ({ name }, rest) => drill(name, rest),
})

async function drill(name: string | undefined, rest: readonly string[]): Promise<number> {
  const folder = join(findCheckout(), 'drills/dist')
  const known = listDrills(folder)
  if (name === undefined) {
    process.stdout.write(known.map((one) => `${one}\n`).join(''))
    return exitCodes.ok
  }
  if (!known.includes(name)) {
    process.stderr.write(`There is no drill of this name. Drills: ${known.join(', ')}\n`)
    return exitCodes.usage
  }
  // A drill starts an installation of its own: it moves wires, stops processes and would disturb one that people use.
  const { signal } = listenForInterrupt()
  const options = rest.filter((text) => text !== name)
  const { code } = await runProgram(join(folder, name, 'main.js'), options, { capture: false, signal })
  return code
}

function listDrills(folder: string): readonly string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder).filter((name) => existsSync(join(folder, name, 'main.js')))
}

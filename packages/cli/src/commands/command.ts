import { defineCommand, parseArgs, renderUsage, type ArgsDef, type ParsedArgs } from 'citty'

/** A command as the launcher sees it: its options, how its help reads, and what it does. `execute` answers the exit code. */
export type Command = {
  readonly args: ArgsDef
  /** Options that are not in the list are for the program that the command runs. */
  readonly passOn: boolean
  usage(): Promise<string>
  execute(rest: readonly string[]): Promise<number>
}

export const jsonOption = { type: 'boolean', description: 'print one JSON object a line on standard output', default: false } as const

export function makeCommand<const Args extends ArgsDef>(definition: {
  readonly name: string
  readonly description: string
  readonly args: Args
  readonly passOn?: true
  readonly run: (args: ParsedArgs<Args>, rest: readonly string[]) => Promise<number>
}): Command {
  const { name, description, args, run } = definition
  return {
    args,
    passOn: definition.passOn ?? false,
    usage: () => renderUsage(defineCommand({ meta: { name: `npm run symbolon -- ${name}`, description }, args })),
    execute: (rest) => run(parseArgs<Args>([...rest], args), rest),
  }
}

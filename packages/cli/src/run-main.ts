import type { ArgsDef } from 'citty'
import type { Command } from './commands/command.ts'
import { exitCodes } from './output/exit-codes.ts'
import { tellFailure } from './output/tell-failure.ts'

type Entry = { readonly summary: string; readonly load: () => Promise<Command> }

/** Every command, loaded only when it is asked for. */
export const commands: Readonly<Record<string, Entry>> = {
  start: { summary: 'start everything and print the addresses', load: async () => (await import('./commands/start.ts')).startCommand },
  status: { summary: 'tell what runs', load: async () => (await import('./commands/status.ts')).statusCommand },
  demo: {
    summary: 'enrol, pay, compare the books and search for planted values',
    load: async () => (await import('./commands/demo.ts')).demoCommand,
  },
  drill: {
    summary: 'run an attack or a search against this installation',
    load: async () => (await import('./commands/drill.ts')).drillCommand,
  },
  verify: {
    summary: 'compare a served device frame with your own build or a hash',
    load: async () => (await import('./commands/verify.ts')).verifyCommand,
  },
  refresh: {
    summary: 'demand that wallets renew their keys before they sign again',
    load: async () => (await import('./commands/refresh.ts')).refreshCommand,
  },
  certificates: {
    summary: 'issue, list and rotate the keys that issuers certify',
    load: async () => (await import('./commands/certificates.ts')).certificatesCommand,
  },
  doctor: { summary: 'say what is wrong here and how to mend it', load: async () => (await import('./commands/doctor.ts')).doctorCommand },
  keys: {
    summary: 'show, rotate, verify or destroy the vault’s key-encryption keys',
    load: async () => (await import('./commands/keys.ts')).keysCommand,
  },
  db: { summary: 'migrate or check the operator’s database', load: async () => (await import('./commands/db.ts')).dbCommand },
}

/** Runs one command and answers its exit code. Data goes to standard output, everything else to standard error. */
export async function runMain(argv: readonly string[]): Promise<number> {
  const [name, ...rest] = argv
  if (name === undefined || ['help', '--help', '-h'].includes(name)) return showHelp(rest[0])
  const entry = findEntry(name)
  if (entry === undefined) return refuse(`There is no command \`${name}\`. ${suggest(name)}`)
  try {
    const command = await entry.load()
    if (rest.includes('--help') || rest.includes('-h')) return await showHelp(name)
    const unknown = command.passOn ? undefined : findUnknownOption(rest, command.args)
    if (unknown !== undefined) return refuse(`\`${name}\` has no option \`${unknown}\`. See: npm run symbolon -- help ${name}`)
    return await command.execute(rest)
  } catch (error) {
    if (error instanceof Error && error.name === 'CLIError') return refuse(`${error.message}. See: npm run symbolon -- help ${name}`)
    return tellFailure(error, rest.includes('--json'))
  }
}

async function showHelp(name: string | undefined): Promise<number> {
  const entry = name === undefined ? undefined : findEntry(name)
  if (name !== undefined && entry === undefined) return refuse(`There is no command \`${name}\`. ${suggest(name)}`)
  process.stdout.write(entry === undefined ? overview() : `${await (await entry.load()).usage()}\n`)
  return exitCodes.ok
}

function overview(): string {
  const lines = Object.entries(commands).map(([command, { summary }]) => `  ${command.padEnd(12)} ${summary}`)
  const usage = 'Usage: npm run symbolon -- COMMAND [options]'
  return [usage, '', ...lines, '', '`help COMMAND` shows its options; `--json` prints one JSON object a line.', ''].join('\n')
}

function refuse(message: string): number {
  process.stderr.write(`${message}\n`)
  return exitCodes.usage
}

function findEntry(name: string): Entry | undefined {
  return Object.hasOwn(commands, name) ? commands[name] : undefined
}

/** Names the command that was probably meant, or all of them. */
export function suggest(name: string): string {
  const near = Object.keys(commands).filter((command) => command.startsWith(name.slice(0, 2)))
  return near.length > 0 ? `Did you mean \`${near.join('`, `')}\`?` : `Commands: ${Object.keys(commands).join(', ')}.`
}

/** citty ignores options that it does not know, so that a misspelt one would silently do nothing. */
export function findUnknownOption(rest: readonly string[], args: ArgsDef): string | undefined {
  const end = rest.indexOf('--')
  const options = (end === -1 ? rest : rest.slice(0, end)).filter((text) => /^--?[a-z]/iu.test(text))
  const known = Object.entries(args).flatMap(([name, definition]) =>
    definition.type === 'positional' ? [] : [name, ...aliasesOf(definition)],
  )
  return options.find((option) => {
    const name = option.replace(/^--?/u, '').replace(/=.*$/su, '')
    return !known.includes(name) && !known.includes(name.replace(/^no-/u, ''))
  })
}

function aliasesOf(definition: ArgsDef[string]): readonly string[] {
  if (!('alias' in definition) || definition.alias === undefined) return []
  return typeof definition.alias === 'string' ? [definition.alias] : definition.alias
}

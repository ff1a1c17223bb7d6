import { randomBytes } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { areAllShown, type DrillReport } from './runner/judge.ts'
import { listDrillNames, loadDrill } from './runner/list-drills.ts'
import { printTable } from './runner/print-table.ts'
import { createProgressLine } from './runner/progress-line.ts'
import { runDrill } from './runner/run-drill.ts'

const usage = `usage: drill --all [--full] [--json] [--seed TEXT] [--verbose]   every drill, each with its control
       drill NAME... [--full] [--json] [--seed TEXT] [--verbose]  these drills
       drill --list                                               what there is
       drill canaries --help                                      the search by itself, also in a running installation
`
const exitCodes = { shown: 0, notShown: 1, usage: 2 } as const

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    all: { type: 'boolean', default: false },
    full: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    list: { type: 'boolean', default: false },
    verbose: { type: 'boolean', default: false },
    seed: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
})
const tree = fileURLToPath(new URL('../..', import.meta.url))
process.exitCode = await main()

async function main(): Promise<number> {
  const known = listDrillNames(tree)
  if (values.list) return await list(known)
  const names = values.all ? known : positionals
  if (values.help || names.length === 0) return tellUsage('')
  const unknown = names.filter((name) => !known.includes(name))
  return unknown.length === 0 ? await run(names) : tellUsage(`There is no drill of this name. Drills: ${known.join(', ')}\n`)
}

async function list(known: readonly string[]): Promise<number> {
  for (const name of known) {
    const { claim } = await loadDrill(tree, name)
    process.stdout.write(`${name.padEnd(28)}${claim}\n`)
  }
  return exitCodes.shown
}

function tellUsage(reason: string): number {
  process.stderr.write(`${reason}${usage}`)
  return values.help ? exitCodes.shown : exitCodes.usage
}

async function run(names: readonly string[]): Promise<number> {
  const abort = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => abort.abort())
  const seed = values.seed ?? randomBytes(8).toString('hex')
  const line = createProgressLine(process.stderr, { count: names.length, isVerbose: values.verbose })
  const reports: DrillReport[] = []
  for (const [index, name] of names.entries()) {
    if (abort.signal.aborted) break
    const { onStage, onLog } = line.startDrill(index)
    const report = await runDrill(name, { tree, size: values.full ? 'full' : 'small', seed, signal: abort.signal, onStage, onLog })
    line.endDrill(report)
    reports.push(report)
  }
  if (values.verbose) process.stderr.write(`seed ${seed}\n`)
  process.stdout.write(values.json ? `${JSON.stringify(reports)}\n` : printTable(reports, process.stdout.columns ?? 160))
  return reports.length === names.length && areAllShown(reports) ? exitCodes.shown : exitCodes.notShown
}

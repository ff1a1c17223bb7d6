import { Fault } from '@symbolon/formats/result'
import { readInstallation } from './adapters/installation-file.ts'
import { runDemo } from './flows/run-demo.ts'
import { parseOptions } from './options.ts'
import { isClean, toJson, toText } from './output/report.ts'

/** Exit codes: 0 everything paid and every book agrees, 1 something did not, 2 the command line, 3 a file or a party that cannot be read. */
async function main(): Promise<number> {
  const options = parseOptions(process.argv.slice(2))
  if (!options.ok) {
    process.stderr.write(`${options.problem}\n`)
    return 2
  }
  try {
    const run = await runDemo(options.value, readInstallation(options.value.installationFile))
    for (const { file, line, reason } of options.value.json ? run.badLines : []) process.stderr.write(`${file}, line ${line}: ${reason}\n`)
    process.stdout.write(`${options.value.json ? toJson(run) : toText(run)}\n`)
    return isClean(run) ? 0 : 1
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    process.stderr.write(`${explain[error.code] ?? 'a party of the installation does not answer'} (${error.code})\n`)
    return 3
  }
}

const explain: Readonly<Record<string, string>> = {
  INSTALLATION_UNREADABLE: 'the file after --run does not describe a running installation',
  LIST_UNREADABLE: 'a list cannot be read, or is larger than a megabyte',
  MALL_SILENT: 'the mall does not answer',
  BOOKS_UNREADABLE: 'the books of a party cannot be read',
}

process.exitCode = await main()

import { readFileSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { Installation } from '@symbolon/contracts/installation'
import { Type } from 'typebox'
import { Value } from 'typebox/value'
import { runWholeDrill } from './flows/whole-drill.ts'
import { searchRunning } from './flows/search-running.ts'
import { printReport } from './print-report.ts'
import { listPlantedValues, type PlantedValue } from './rules/planted.ts'
import { isWithstood } from './rules/report.ts'

/** What customers used elsewhere; more members than these may be there. */
const PlantedFile = Type.Object({
  cards: Type.Array(
    Type.Object({
      primaryAccountNumber: Type.String(),
      expiry: Type.String(),
      securityCode: Type.String(),
      holderName: Type.String(),
      phoneNumber: Type.String(),
      postalAddress: Type.String(),
      pin: Type.String(),
      published: Type.Optional(Type.Boolean({ description: 'the number stands in programs that list test cards; the rest does not' })),
    }),
    { minItems: 1, maxItems: 10_000 },
  ),
})
const usage = `usage: drill canaries [--json] [--report FILE]                 an installation of its own, every place
       drill canaries --run RUN.json --planted FILE [--json]   a running installation, values planted by somebody else
`

const { values } = parseArgs({
  options: {
    run: { type: 'string' },
    planted: { type: 'string' },
    report: { type: 'string' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})
if (values.help || (values.run === undefined) !== (values.planted === undefined)) {
  process.stderr.write(usage)
  process.exit(values.help ? 0 : 2)
}

const onStep = (step: string): void => void process.stderr.write(`· ${step}\n`)
const onProgress = (place: string, index: number, count: number): void =>
  void (process.stderr.isTTY
    ? process.stderr.write(`\r\x1b[K  searching ${String(index + 1)}/${String(count)} ${place}${index + 1 === count ? '\n' : ''}`)
    : undefined)

const report =
  values.run === undefined || values.planted === undefined
    ? await runWholeDrill({ size: 'full', onStep, onProgress })
    : await searchRunning(Value.Parse(Installation, JSON.parse(readFileSync(values.run, 'utf8'))), readPlanted(values.planted), onProgress)
if (values.report !== undefined) writeFileSync(values.report, `${JSON.stringify(report, null, 2)}\n`)
process.stdout.write(values.json ? `${JSON.stringify(report)}\n` : printReport(report))
process.exitCode = isWithstood(report) ? 0 : 1

function readPlanted(file: string): readonly PlantedValue[] {
  const { cards } = Value.Parse(PlantedFile, JSON.parse(readFileSync(file, 'utf8')))
  const values = cards
    .flatMap((card, index) => {
      const all = listPlantedValues(card, `card ${String(index + 1)}`)
      return card.published === true ? all.filter(({ value }) => value !== card.primaryAccountNumber) : all
    })
    .filter(({ value }) => value !== '')
  // Two cards of one person share name, phone and PIN: each value is looked for once.
  return [...new Map(values.map((planted) => [planted.value, planted])).values()]
}

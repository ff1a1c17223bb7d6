import { candidateTable } from './candidate.ts'
import { candidateBounds, configurations, type Size } from './configurations.ts'
import { explore } from './explore.ts'
import { catchMutants, configurationNames, describeReport, exploreReal } from './report.ts'

const size: Size = process.argv.includes('--full') ? 'full' : 'check'
const isTerminal = process.stderr.isTTY
const explored = configurationNames.map((name) =>
  exploreReal(name, size, (states) => {
    const line = `${configurations[name]}: ${states.toLocaleString('en-US')} states`
    if (isTerminal) process.stderr.write(`\r\u001b[K${line}`)
  }),
)
if (isTerminal) process.stderr.write('\r\u001b[K')
const caught = catchMutants()
process.stdout.write(describeReport({ explored, caught }))
if (size === 'full') {
  const { states, violation } = explore(candidateTable, candidateBounds)
  process.stdout.write(
    `the table that closes the known hole: ${states.toLocaleString('en-US')} states, ${violation === '' ? 'holds' : violation}\n`,
  )
}
const isWhole = explored.every(({ exploration }) => exploration.violation === '')
const areCaught = caught.every(({ caughtBy, expected }) => caughtBy === expected)
process.exitCode = isWhole && areCaught ? 0 : 1

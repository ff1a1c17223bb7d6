import { configurations, type Size } from './configurations.ts'
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
const isWhole = explored.every(({ exploration }) => exploration.violation === '')
const areCaught = caught.every(({ caughtBy, expected }) => caughtBy === expected)
process.exitCode = isWhole && areCaught ? 0 : 1

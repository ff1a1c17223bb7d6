import { run, type RunReport } from './run.ts'
import { describeRun } from './report.ts'

const maximumOtherSeeds = 40
const shortEnough = 200
const usage = 'usage: npm run simulate -- [--seed N] [--steps N]'

function numberOf(name: string, fallback: number): number {
  const place = process.argv.indexOf(name)
  const value = place === -1 ? fallback : Number(process.argv[place + 1])
  if (!Number.isSafeInteger(value) || value < 0) {
    process.stderr.write(`${usage}\n`)
    process.exit(2)
  }
  return value
}

const seed = numberOf('--seed', 1)
const steps = numberOf('--steps', 100_000)
const isTerminal = process.stderr.isTTY
let shown = -1
const report = await run({
  seed,
  steps,
  progress: (done, total) => {
    const percent = Math.floor((100 * done) / total)
    if (!isTerminal || percent === shown) return
    shown = percent
    process.stderr.write(`\r\u001b[K${percent} %  ${done.toLocaleString('en-US')} of ${total.toLocaleString('en-US')} steps`)
  },
})
if (isTerminal) process.stderr.write('\r\u001b[K')
process.stdout.write(describeRun(report))
if (report.violation !== '') await findShorter(report)
process.exitCode = report.violation === '' ? 0 : 1

/** Other seeds often break the same promise sooner: the shortest of them is the trace to read. */
async function findShorter(found: RunReport): Promise<void> {
  let shortest = found
  for (let other = 1; other <= maximumOtherSeeds && shortest.steps > shortEnough; other += 1) {
    const candidate = await run({ seed: other, steps: shortest.steps - 1 })
    if (candidate.violation !== '') shortest = candidate
  }
  if (shortest !== found) process.stdout.write(`the shortest of ${maximumOtherSeeds} other seeds:\n${describeRun(shortest)}`)
}

import { run } from './run.ts'
import { describeRun } from './report.ts'

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
process.exitCode = report.violation === '' ? 0 : 1

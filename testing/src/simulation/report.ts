import type { RunReport } from './run.ts'

const number = (value: number): string => value.toLocaleString('en-US')

/** A run as lines of text: what happened, what went wrong on purpose, and what broke. */
export function describeRun(report: RunReport): string {
  const list = (counts: Readonly<Record<string, number>>): string =>
    Object.entries(counts)
      .map(([name, count]) => `${name} ${number(count)}`)
      .join(', ')
  const faults = Object.values(report.faults).reduce((sum, count) => sum + count, 0)
  return [
    `seed ${report.seed}: ${number(report.steps)} steps, ${number(faults)} faults, fingerprint ${report.fingerprint.toString(16).padStart(8, '0')}`,
    `  done: ${list(report.actions)}`,
    `  faults: ${list(report.faults)}`,
    `  ${number(report.signed)} messages signed, ${number(report.paid)} payments approved by the issuer, ${number(report.lockedOut)} wallets locked by crashes`,
    `  keys lost ${report.keysLost}, double signatures ${report.doubleSignatures}, contradictions ${report.contradictions}, false alarms ${report.falseAlarms}`,
    ...(report.violation === '' ? [] : [`  BROKEN: ${report.violation}`, ...report.recent.map((line) => `  ${line}`)]),
    ...(report.violation === '' ? [] : [`  again: npm run simulate -- --seed ${report.seed} --steps ${report.steps}`]),
    '',
  ].join('\n')
}

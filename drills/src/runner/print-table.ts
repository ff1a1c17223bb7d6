import { areAllShown, isShown, type DrillReport } from './judge.ts'

const narrow = { name: 26, result: 10, control: 8, seconds: 8 }
const gap = '  '

/** The table for people: one row a drill, long texts wrapped in their columns, failures below. */
export function printTable(reports: readonly DrillReport[], width: number): string {
  const fixed = narrow.name + narrow.result + narrow.control + narrow.seconds + gap.length * 5
  const wide = Math.max(24, Math.floor((width - fixed) / 2))
  const widths = [narrow.name, wide, wide, narrow.result, narrow.control, narrow.seconds]
  const lines = [
    ...printRow(['drill', 'the attacker holds', 'obtained', 'result', 'control', 'seconds'], widths),
    widths.map((size) => '─'.repeat(size)).join(gap),
    ...reports.flatMap((report) => printRow(cellsOf(report), widths)),
    '',
    ...reports.flatMap(({ name, failure }) => (failure === undefined ? [] : [`FAILED ${name}: ${failure}`])),
    verdict(reports),
  ]
  return `${lines.join('\n')}\n`
}

function cellsOf({ name, attackerHolds, obtained, result, control, seconds }: DrillReport): readonly string[] {
  const loud = (text: string, isGood: boolean): string => (isGood ? text : text.toUpperCase())
  return [name, attackerHolds, obtained, loud(result, result === 'withstood'), loud(control, control === 'broken'), seconds.toFixed(1)]
}

function verdict(reports: readonly DrillReport[]): string {
  const shown = reports.filter(isShown).length
  const seconds = reports.reduce((sum, report) => sum + report.seconds, 0)
  return `${areAllShown(reports) ? 'withstood' : 'NOT SHOWN'}: ${String(shown)} of ${String(reports.length)} drills withstood with their control broken, in ${seconds.toFixed(0)} s`
}

function printRow(cells: readonly string[], widths: readonly number[]): readonly string[] {
  const columns = cells.map((cell, index) => wrap(cell, widths[index] ?? 10))
  const height = Math.max(...columns.map((column) => column.length))
  return Array.from({ length: height }, (_, line) =>
    columns
      .map((column, index) => (column[line] ?? '').padEnd(widths[index] ?? 0))
      .join(gap)
      .trimEnd(),
  )
}

/** Breaks at spaces; a word longer than the column is cut. */
export function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(/\s+/u).flatMap((long) => long.match(new RegExp(`.{1,${String(width)}}`, 'gu')) ?? [])) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, line]
}

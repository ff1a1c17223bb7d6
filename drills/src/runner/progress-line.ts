import { isShown, type DrillReport } from './judge.ts'
import type { RunOptions, Stage } from './run-drill.ts'

type Terminal = { readonly isTTY?: boolean; write(text: string): unknown }
export type ProgressLine = {
  startDrill(index: number): Pick<RunOptions, 'onStage' | 'onLog'>
  endDrill(report: DrillReport): void
}

const stages: Readonly<Record<Stage, string>> = {
  attack: 'attack',
  copy: 'taking the defence out of a copy',
  control: 'the same attack without the defence',
}
const barWidth = 20

/** A bar on a terminal, one line a drill elsewhere. What a drill logs is shown when asked for, or when it failed. */
export function createProgressLine(
  terminal: Terminal,
  { count, isVerbose }: { readonly count: number; readonly isVerbose: boolean },
): ProgressLine {
  let logged: string[] = []
  const clear = terminal.isTTY === true ? '\r\u001B[K' : ''
  return {
    startDrill: (index) => {
      logged = []
      const shareByStage = new Map<Stage, number>()
      return {
        onStage: (name, stage, done, total) => {
          if (terminal.isTTY !== true) return
          if (stage !== 'copy') shareByStage.set(stage, Math.min(done, total) / Math.max(total, 1))
          // The slower of the two tells how long it takes.
          const filled = Math.round(
            barWidth * Math.min(...['attack' as const, 'control' as const].map((one) => shareByStage.get(one) ?? 0)),
          )
          const bar = '█'.repeat(filled) + '░'.repeat(barWidth - filled)
          terminal.write(`${clear}${String(index + 1)}/${String(count)} ${name} ${bar}`)
        },
        onLog: (name, stage, line) => {
          logged.push(`  ${name}, ${stages[stage]}: ${line}\n`)
          if (isVerbose) terminal.write(`${clear}${logged.at(-1) ?? ''}`)
        },
      }
    },
    endDrill: (report) => {
      const { name, result, control, seconds } = report
      terminal.write(`${clear}· ${name}: ${result}, control ${control} (${seconds.toFixed(1)} s)\n`)
      if (!isVerbose && !isShown(report)) terminal.write(logged.slice(-20).join(''))
    },
  }
}

import type { WriteStream } from 'node:tty'

export type Progress = { advance(): void; end(): void }

const barWidth = 28
const stepsWithoutTerminal = 4

/** A bar on a terminal, redrawn in place; a line every quarter elsewhere, so that a log stays readable. */
export function createProgress(stream: WriteStream, label: string, total: number): Progress {
  let done = 0
  const draw = (): void => {
    const filled = total === 0 ? barWidth : Math.floor((done / total) * barWidth)
    const bar = `${'█'.repeat(filled)}${'░'.repeat(barWidth - filled)}`
    stream.write(`\r${label.padEnd(10)} ${bar} ${done}/${total}`)
  }
  if (stream.isTTY) draw()
  return {
    advance: () => {
      done += 1
      if (stream.isTTY) draw()
      else if (Math.floor((done / total) * stepsWithoutTerminal) > Math.floor(((done - 1) / total) * stepsWithoutTerminal)) {
        stream.write(`${label}: ${done} of ${total}\n`)
      }
    },
    end: () => {
      if (stream.isTTY) stream.write('\n')
    },
  }
}

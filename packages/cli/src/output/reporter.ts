import { paint } from './terminal.ts'

/** What happens while the command line works, as it is told to a person (standard error) or as one JSON line an event. */
export type Reporter = {
  /** Tells of a step from its beginning to its end; a failure is told and thrown on. */
  step<Value>(label: string, work: () => Promise<Value>): Promise<Value>
  note(event: string, message: string, details?: Readonly<Record<string, unknown>>): void
}

export function createReporter(options: { readonly json: boolean }): Reporter {
  return options.json ? createJsonReporter() : createTextReporter(process.stderr)
}

/** Writes one event of a stream: one object on one line, versioned. */
export function writeEvent(event: string, details: Readonly<Record<string, unknown>> = {}): void {
  process.stdout.write(`${JSON.stringify({ version: 1, event, ...details })}\n`)
}

function createJsonReporter(): Reporter {
  return {
    step: async (label, work) => {
      writeEvent('step', { step: label, state: 'started' })
      return timed(work, (state, seconds) => writeEvent('step', { step: label, state, seconds }))
    },
    note: (event, message, details) => writeEvent(event, { message, ...details }),
  }
}

function createTextReporter(stream: NodeJS.WriteStream): Reporter {
  const running = new Set<string>()
  const line = (text: string): void => {
    stream.write(`${stream.isTTY ? '\r\u001B[2K' : ''}${text}\n`)
    // Steps run side by side: one line at the bottom names what is still being waited for.
    if (stream.isTTY && running.size > 0) stream.write(paint(stream, 'faint', `… ${[...running].join(', ')}`.slice(0, stream.columns - 1)))
  }
  return {
    step: async (label, work) => {
      running.add(label)
      return timed(work, (state, seconds) => {
        running.delete(label)
        const mark = state === 'done' ? paint(stream, 'good', '✓') : paint(stream, 'bad', '✗')
        line(`${mark} ${label} ${paint(stream, 'faint', `${seconds.toFixed(1)} s`)}`)
      })
    },
    note: (_event, message) => line(message),
  }
}

async function timed<Value>(work: () => Promise<Value>, ended: (state: 'done' | 'failed', seconds: number) => void): Promise<Value> {
  const startedAt = performance.now()
  const seconds = (): number => Math.round(performance.now() - startedAt) / 1_000
  try {
    const value = await work()
    ended('done', seconds())
    return value
  } catch (error) {
    ended('failed', seconds())
    throw error
  }
}

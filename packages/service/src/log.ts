import { pino } from 'pino'

/** The only fields that a log line may carry. Redaction lists miss what nobody thought of; this list cannot. */
export type LogFields = {
  readonly requestId?: string
  readonly code?: string
  readonly paymentId?: string
  readonly issuerId?: string
  readonly status?: number
  readonly durationMs?: number
  readonly count?: number
  readonly address?: string
  readonly state?: string
  readonly reason?: string
  readonly bundleHash?: string
  readonly directoryHash?: string
}
const allowed = [
  'requestId',
  'code',
  'paymentId',
  'issuerId',
  'status',
  'durationMs',
  'count',
  'address',
  'state',
  'reason',
  'bundleHash',
  'directoryHash',
] as const

export type Log = {
  info(message: string, fields?: LogFields): void
  warn(message: string, fields?: LogFields): void
  /** For bugs alone. The error's class and stack are written, never its message: a message may hold a value. */
  error(message: string, error: unknown, fields?: LogFields): void
}

/** Writes one JSON line an event to standard error. Messages are constants. */
export function createLog(name: string): Log {
  const logger = pino({ name, base: { name } }, pino.destination({ fd: 2, sync: true }))
  return {
    info: (message, fields = {}) => logger.info(pick(fields), message),
    warn: (message, fields = {}) => logger.warn(pick(fields), message),
    error: (message, error, fields = {}) => logger.error({ ...pick(fields), ...describe(error) }, message),
  }
}

function pick(fields: LogFields): Record<string, string | number> {
  return Object.fromEntries(allowed.flatMap((name) => (fields[name] === undefined ? [] : [[name, fields[name]]])))
}

function describe(error: unknown): Record<string, string> {
  if (!(error instanceof Error)) return { error: 'not an Error' }
  const frames = (error.stack ?? '').split('\n').filter((line) => line.trimStart().startsWith('at '))
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name
  return { error: code, stack: frames.slice(0, 8).join('\n') }
}

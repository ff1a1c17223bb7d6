import type { DrillOutcome } from '../drill.ts'

/** What a drill's process tells the runner. */
export type ChildMessage =
  | { readonly kind: 'progress'; readonly done: number; readonly total: number }
  | { readonly kind: 'log'; readonly line: string }
  | { readonly kind: 'outcome'; readonly outcome: DrillOutcome }
  | { readonly kind: 'failed'; readonly reason: string }

/** Reads a message of a drill's process; undefined when it is none. */
export function parseChildMessage(value: unknown): ChildMessage | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const get = (name: string): unknown => Reflect.get(value, name)
  const [kind, done, total, line, reason] = ['kind', 'done', 'total', 'line', 'reason'].map(get)
  if (kind === 'progress' && typeof done === 'number' && typeof total === 'number') return { kind, done, total }
  if (kind === 'log' && typeof line === 'string') return { kind, line }
  if (kind === 'failed' && typeof reason === 'string') return { kind, reason }
  const outcome = kind === 'outcome' ? parseOutcome(get('outcome')) : undefined
  return outcome === undefined ? undefined : { kind: 'outcome', outcome }
}

function parseOutcome(value: unknown): DrillOutcome | undefined {
  if (typeof value !== 'object' || value === null || !('result' in value) || !('obtained' in value)) return undefined
  const { result, obtained } = value
  if ((result !== 'withstood' && result !== 'broken') || typeof obtained !== 'string') return undefined
  const figures =
    'figures' in value && typeof value.figures === 'object' && value.figures !== null ? parseFigures(value.figures) : undefined
  return figures === undefined ? { result, obtained } : { result, obtained, figures }
}

function parseFigures(value: object): Readonly<Record<string, number>> {
  const entries = Object.entries(value).filter((entry): entry is [string, number] => typeof entry[1] === 'number')
  return Object.fromEntries(entries)
}

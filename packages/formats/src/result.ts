/** An expected answer: a value, or a problem that the caller can act on. Never thrown. */
export type Result<Value, Problem> = { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly problem: Problem }

export function ok<Value>(value: Value): { readonly ok: true; readonly value: Value } {
  return { ok: true, value }
}

export function fail<const Problem>(problem: Problem): { readonly ok: false; readonly problem: Problem } {
  return { ok: false, problem }
}

/** We are wrong: a state that the code promises never to reach. Caught only at the edge of a process. */
export class Bug extends Error {
  override readonly name = 'Bug'
}

/** The world failed: a database is gone, a peer is silent. Thrown by adapters only. */
export class Fault extends Error {
  override readonly name = 'Fault'
  readonly code: string
  readonly retry: 'later' | 'never'
  constructor(code: string, options: { readonly retry: 'later' | 'never'; readonly cause?: unknown }) {
    super(code, { cause: options.cause })
    this.code = code
    this.retry = options.retry
  }
}

/** States what must be true; a failure is a bug and ends the request. The message is a constant. */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Bug(message)
}

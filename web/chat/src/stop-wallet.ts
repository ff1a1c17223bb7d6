const timeoutMs = 8_000
/** Symbols of a stop code, blanks and hyphens left out. */
const codeLength = 25

export type StopOutcome = 'said' | 'malformed' | 'too-many' | 'unreachable'

/** Says a stop code to the operator. `said` tells nothing of whether a wallet has this code: nobody can try codes out. */
export async function sayStopCode(typed: string): Promise<StopOutcome> {
  const code = typed.trim()
  if (code.replaceAll(/[ -]/gu, '').length !== codeLength) return 'malformed'
  try {
    const answer = await fetch('/v1/stops', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ code }),
      signal: AbortSignal.timeout(timeoutMs),
    })
    if (answer.ok) return 'said'
    if (answer.status === 429) return 'too-many'
    return answer.status >= 500 ? 'unreachable' : 'malformed'
  } catch {
    return 'unreachable'
  }
}

/** The page's address names the stop form, so that a person can be sent straight to it from any device. */
export function readsStop(search: string): boolean {
  return new URLSearchParams(search).has('stop')
}

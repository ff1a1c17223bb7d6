import { problemCodes, type Problem, type ProblemCode } from '@symbolon/contracts/problems'
import type { TransportAnswer } from '@symbolon/device'

/** A refusal as edge words it (RFC 9457). */
export function problemAnswer(code: ProblemCode, retired?: string): TransportAnswer {
  const { status, title, retry } = problemCodes[code]
  const extra = retired === undefined ? {} : { retired }
  return { status, body: { type: `urn:${code}`, title, status, code, requestId: 'r', retry, ...extra } }
}

export function refuse({ code, retired }: Problem): TransportAnswer {
  return problemAnswer(code, retired)
}

/** The text members of a JSON body. */
export function textMembers(body: unknown): Readonly<Record<string, string>> {
  const entries: readonly (readonly [string, unknown])[] = typeof body === 'object' && body !== null ? Object.entries(body) : []
  return Object.fromEntries(entries.flatMap(([name, member]) => (typeof member === 'string' ? [[name, member] as const] : [])))
}

import { problem, type Problem } from '@symbolon/contracts/problems'
import { isEqualBytes } from '@symbolon/formats/bytes'
import { fail, ok, type Result } from '@symbolon/formats/result'

/** The answer that the first request got, and every repetition gets. */
export type StoredAnswer = { readonly status: number; readonly body: string }
export type OnceAnswer = StoredAnswer & { readonly isReplay: boolean }
export type UsedKey = { readonly contentHash: Uint8Array; readonly answer: StoredAnswer }

/** Kept for 30 days and a day of grace, as the merchant API promises. */
export const keptSeconds = 31 * 86_400

/** A key names one content for ever: the same content gets the same answer, another one is a mistake of the caller. */
export function decideReplay(used: UsedKey, contentHash: Uint8Array): Result<OnceAnswer, Problem> {
  if (!isEqualBytes(used.contentHash, contentHash)) return fail(problem('REQUEST_IDEMPOTENCY_CONFLICT'))
  return ok({ ...used.answer, isReplay: true })
}

/** Writes JSON with sorted names, so that two spellings of one content are the same content. */
export function writeCanonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(writeCanonicalJson).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  const members = Object.entries(value).toSorted(([left], [right]) => (left < right ? -1 : 1))
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${writeCanonicalJson(member)}`).join(',')}}`
}

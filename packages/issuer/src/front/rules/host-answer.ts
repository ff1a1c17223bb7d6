import { responseCodes, type ResponseCode } from '@symbolon/contracts/issuer-link'

/** What came back from the host for one request, as far as it matters. */
export type HostAnswer = {
  readonly responseCode: string | undefined
  readonly authorizationId: string | undefined
  /** Whether STAN, RRN, amount and currency are those of the request. */
  readonly isEcho: boolean
}
export type HostDecision =
  | { readonly kind: 'approved'; readonly responseCode: '00'; readonly authorizationId: string }
  | { readonly kind: 'declined'; readonly responseCode: ResponseCode }
  /** The host may have approved something that we cannot use: it has to be reversed there, and link hears a decline. */
  | { readonly kind: 'reverse'; readonly responseCode: ResponseCode }

// ISO 8583:1987 table of DE 39: approvals other than 00 (with identification, partial, VIP, track update). We asked for none of them.
const otherApprovals: readonly string[] = ['08', '10', '11', '16', '32', '85']

/** Decides what an answer of the host means; total: a code nobody knows is a decline without a reason (05). */
export function decideHostAnswer(answer: HostAnswer): HostDecision {
  const { responseCode, authorizationId } = answer
  if (responseCode === undefined || !answer.isEcho || otherApprovals.includes(responseCode)) return { kind: 'reverse', responseCode: '96' }
  if (responseCode !== '00') return { kind: 'declined', responseCode: isResponseCode(responseCode) ? responseCode : '05' }
  if (authorizationId === undefined || !/^[0-9A-Za-z]{6}$/u.test(authorizationId)) return { kind: 'reverse', responseCode: '96' }
  return { kind: 'approved', responseCode: '00', authorizationId }
}

export function isResponseCode(code: string): code is ResponseCode {
  return Object.hasOwn(responseCodes, code)
}

import { isEqualBytes } from '@symbolon/formats/bytes'
import type { BoundToken } from './rebind.ts'

/**
 * What an operator's word about a frozen wallet does to a token. `foreign`: the token is bound to another wallet by now, so the word is
 * about the past and changes nothing.
 */
export type SuspensionDecision = 'suspend' | 'already' | 'foreign' | 'unknown'

/** Decides on the operator's word. It can only take away: nothing that an operator says makes a token pay again. */
export function decideSuspension(token: BoundToken | undefined, walletId: Uint8Array): SuspensionDecision {
  if (token === undefined || token.state === 'deleted') return 'unknown'
  if (!isEqualBytes(token.walletId, walletId)) return 'foreign'
  return token.state === 'active' ? 'suspend' : 'already'
}

import type { FreezeReason, VaultAnswer } from '@symbolon/custody/operator'
import { bytesToBase64url } from '@symbolon/formats/bytes'
import { problem, type Problem } from '@symbolon/contracts/problems'

const codeByAnswer = {
  unknown: 'CUSTODY_WALLET_UNKNOWN',
  retry: 'CUSTODY_RETRY',
  void: 'CUSTODY_VOID',
  conflict: 'CUSTODY_CONFLICT',
  rejected: 'CUSTODY_REJECTED',
  locked: 'CUSTODY_LOCKED',
  'refresh-required': 'CUSTODY_REFRESH_REQUIRED',
} as const

/**
 * The refusal in an answer of the state table, or undefined when it is none. `frozen`: the reason in the wallet's row; a wallet that is
 * refused as frozen without one has stayed away from a demanded refresh.
 */
export function refusalOf(answer: VaultAnswer, frozen?: FreezeReason | null): Problem | undefined {
  switch (answer.kind) {
    case 'unknown':
    case 'retry':
    case 'void':
    case 'conflict':
    case 'rejected':
    case 'locked':
    case 'refresh-required':
      return problem(codeByAnswer[answer.kind])
    case 'frozen':
      return problem('CUSTODY_FROZEN', frozen === undefined ? {} : { frozenReason: frozen ?? 'stayed-away' })
    case 'stale':
      return problem('CUSTODY_STALE', { retired: answer.challenge })
    case 'closed':
      return problem('CUSTODY_CLOSED', { closingStatement: bytesToBase64url(answer.statement) })
    case 'give-slot':
    case 'verify-it':
    case 'bound':
    case 'stored':
    case 'signed':
    case 'wrong':
    case 'none':
      return undefined
  }
}

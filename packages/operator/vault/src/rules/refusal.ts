import type { VaultAnswer } from '@symbolon/custody/operator'
import { bytesToBase64url } from '@symbolon/formats/bytes'
import { problem, type Problem } from '@symbolon/contracts/problems'

const codeByAnswer = {
  unknown: 'CUSTODY_WALLET_UNKNOWN',
  retry: 'CUSTODY_RETRY',
  frozen: 'CUSTODY_FROZEN',
  void: 'CUSTODY_VOID',
  conflict: 'CUSTODY_CONFLICT',
  rejected: 'CUSTODY_REJECTED',
  locked: 'CUSTODY_LOCKED',
  'refresh-required': 'CUSTODY_REFRESH_REQUIRED',
} as const

/** The refusal in an answer of the state table, or undefined when it is none. */
export function refusalOf(answer: VaultAnswer): Problem | undefined {
  switch (answer.kind) {
    case 'unknown':
    case 'retry':
    case 'frozen':
    case 'void':
    case 'conflict':
    case 'rejected':
    case 'locked':
    case 'refresh-required':
      return problem(codeByAnswer[answer.kind])
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

import type { VaultAnswer } from '@symbolon/custody/operator'
import { problem, type Problem } from '@symbolon/contracts/problems'

const codeByAnswer = {
  unknown: 'CUSTODY_WALLET_UNKNOWN',
  retry: 'CUSTODY_RETRY',
  frozen: 'CUSTODY_FROZEN',
  void: 'CUSTODY_VOID',
  conflict: 'CUSTODY_CONFLICT',
  rejected: 'CUSTODY_REJECTED',
  locked: 'CUSTODY_LOCKED',
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
      return problem(codeByAnswer[answer.kind])
    case 'stale':
      return problem('CUSTODY_STALE', { retired: answer.challenge })
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

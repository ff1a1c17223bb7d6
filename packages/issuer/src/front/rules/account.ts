import type { AccountRange } from '@symbolon/contracts/directory'
import type { CardData } from '@symbolon/contracts/issuer-api'
import { cardNetworks, isLuhnValid } from '@symbolon/formats/cards'
import { fail, ok, type Result } from '@symbolon/formats/result'
import { isExpired } from './expiry.ts'

/** Why an issuer does not take a card. The applicant hears only that it was refused: which part was wrong helps a guesser. */
export type AccountRefusal =
  | 'not-in-ranges'
  | 'check-digit-wrong'
  | 'security-code-length-wrong'
  | 'card-expired'
  | 'card-lost'
  | 'card-stolen'
  | 'card-closed'
export type AccountPolicy = {
  readonly accountRanges: readonly AccountRange[]
  readonly blockedCards: readonly { readonly primaryAccountNumber: string; readonly status: 'lost' | 'stolen' | 'closed' }[]
}
export type AcceptedAccount = { readonly network: AccountRange['network']; readonly lastFour: string }

/** Decides whether an account number, expiry and security code belong to a card of this issuer that may be added to a wallet. */
export function decideAccount(card: CardData, policy: AccountPolicy, now: number): Result<AcceptedAccount, { kind: AccountRefusal }> {
  const pan = card.primaryAccountNumber
  const range = policy.accountRanges.find((candidate) => isInRange(pan, candidate))
  if (range === undefined) return fail({ kind: 'not-in-ranges' })
  if (!isLuhnValid(pan)) return fail({ kind: 'check-digit-wrong' })
  if (card.securityCode.length !== securityCodeLength(range.network)) return fail({ kind: 'security-code-length-wrong' })
  if (isExpired(card.expiry, now)) return fail({ kind: 'card-expired' })
  const blocked = policy.blockedCards.find((candidate) => candidate.primaryAccountNumber === pan)
  if (blocked !== undefined) return fail({ kind: `card-${blocked.status}` })
  return ok({ network: range.network, lastFour: pan.slice(-4) })
}

function isInRange(pan: string, range: AccountRange): boolean {
  const prefix = pan.slice(0, 8)
  return range.panLengths.includes(pan.length) && prefix >= range.low && prefix <= range.high
}

function securityCodeLength(name: AccountRange['network']): number {
  return cardNetworks.find((network) => network.name === name)?.securityCodeLength ?? 3
}

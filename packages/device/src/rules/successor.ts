import { assert } from '@symbolon/formats/result'
import type { PendingRebind, StoredCard, WalletContent } from './wallet-content.ts'

/** The tokens that one issuer is asked to move. */
export type IssuerCards = { readonly issuerId: string; readonly tokenReferenceIds: readonly string[] }

/** Cards that pay, by their issuer. What waits for an approval is not a card yet and is entered again in the new wallet. */
export function groupByIssuer(cards: readonly StoredCard[]): readonly IssuerCards[] {
  const idsByIssuer = new Map<string, string[]>()
  for (const { issuerId, card } of cards)
    if (card.state === 'active' && card.tokenReferenceId !== undefined)
      idsByIssuer.set(issuerId, [...(idsByIssuer.get(issuerId) ?? []), card.tokenReferenceId])
  return [...idsByIssuer].map(([issuerId, tokenReferenceIds]) => ({ issuerId, tokenReferenceIds }))
}

/**
 * What the answers of all issuers make of the new wallet. It is worth having as soon as it has one card, and all have answered; one
 * that asked nobody is what a crash left of an attempt, and has nothing.
 */
export function decideSuccession(rebinds: readonly Pick<PendingRebind, 'state'>[]): 'awaiting' | 'rebound' | 'refused' {
  if (rebinds.some(({ state }) => state === 'awaiting_approval')) return 'awaiting'
  return rebinds.some(({ state }) => state === 'active') ? 'rebound' : 'refused'
}

/**
 * The new wallet in the old one's place, with the cards that moved. Their records stay behind: the vault's half of a record belongs to
 * the wallet that is gone, so a card is shown again only after it was entered again.
 */
export function promote({ successor, cards }: WalletContent): WalletContent {
  assert(successor !== undefined, 'only a wallet with a successor is replaced')
  const moved = successor.rebinds.flatMap(({ state, tokenReferenceIds }) => (state === 'active' ? tokenReferenceIds : []))
  return {
    ...successor.wallet,
    cards: cards
      .filter(({ card }) => card.tokenReferenceId !== undefined && moved.includes(card.tokenReferenceId))
      .map((stored) => ({ ...stored, card: { ...stored.card, isRecordMissing: true } })),
  }
}

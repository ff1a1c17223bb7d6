import type { JournalEntry } from '@symbolon/contracts/issuer-api'
import type { OperationsPayment } from '@symbolon/contracts/operations-api'

export type IssuerBooks = { readonly issuerId: string; readonly front: readonly JournalEntry[]; readonly host: readonly JournalEntry[] }
export type Disagreement = { readonly paymentId: string; readonly reason: string }

/**
 * Compares the operator's payments with what both hops of their issuers wrote down themselves: retrieval reference number, amount,
 * currency and outcome, payment by payment and in both directions. `attemptIds` are the attempts that are looked at.
 */
export function compareBooks(payments: readonly OperationsPayment[], books: readonly IssuerBooks[]): readonly Disagreement[] {
  const shared = new Set(books.flatMap(({ front, host }) => [front, host]).flatMap((entries) => repeatedReferences(entries)))
  return [...payments.flatMap((payment) => comparePayment(payment, books, shared)), ...books.flatMap((book) => findUnknown(payments, book))]
}

function comparePayment(payment: OperationsPayment, books: readonly IssuerBooks[], shared: ReadonlySet<string>): readonly Disagreement[] {
  const disagree = (reason: string): readonly Disagreement[] => [{ paymentId: payment.paymentId, reason }]
  const { retrievalReferenceNumber, issuerId, state } = payment
  const expected = outcomeByState[state]
  if (expected === undefined) return disagree(`the payment is still ${state}`)
  // Nothing ever left for the issuer: then no journal may know the attempt, which findUnknown checks from the other side.
  if (retrievalReferenceNumber === undefined) return expected === 'none' || state === 'declined' ? [] : disagree('no reference number')
  const book = books.find((each) => each.issuerId === issuerId)
  if (book === undefined) return disagree('no issuer')
  if (shared.has(retrievalReferenceNumber)) return disagree('a journal has two purchases under one reference number')
  const hops = [
    ['front', book.front],
    ['host', book.host],
  ] as const
  return hops.flatMap(([hop, entries]) => {
    const found = entries.filter((entry) => entry.retrievalReferenceNumber === retrievalReferenceNumber)
    const last = found.at(-1)
    // A front may refuse by itself and a reversal may find nothing to reverse: the host then has nothing, and no money moved.
    if (last === undefined) return hop === 'host' && expected !== 'approved' ? [] : disagree(`the ${hop} does not know it`)
    if (last.amountMinorUnits !== payment.amountMinorUnits) return disagree(`the ${hop} has another amount`)
    if (last.currency !== payment.currency) return disagree(`the ${hop} has another currency`)
    // A silent host is reversed by its front, which says "issuer unavailable": reversed there and declined here both moved no money.
    if (hop === 'host' && expected === 'declined' && last.outcome === 'reversed') return []
    if (last.outcome !== expected) return disagree(`the ${hop} says ${last.outcome}, the operator ${state}`)
    return []
  })
}

const outcomeByState: Readonly<Partial<Record<OperationsPayment['state'], JournalEntry['outcome'] | 'none'>>> = {
  captured: 'approved',
  authorized: 'approved',
  declined: 'declined',
  reversed: 'reversed',
  expired: 'none',
  canceled: 'none',
  requires_confirmation: 'none',
}

// One purchase has at most one approval or decline and one reversal; more is two purchases under one number.
function repeatedReferences(entries: readonly JournalEntry[]): readonly string[] {
  const seen = new Set<string>()
  return entries
    .filter(({ outcome }) => outcome !== 'reversed')
    .map(({ retrievalReferenceNumber }) => retrievalReferenceNumber)
    .filter((reference) => seen.size === seen.add(reference).size)
}

/** Approved at an issuer for an attempt that the operator names, but not with the number that the operator has. */
function findUnknown(payments: readonly OperationsPayment[], { front }: IssuerBooks): readonly Disagreement[] {
  const byAttempt = new Map(
    payments.flatMap((payment) => (payment.paymentAttemptId === undefined ? [] : [[payment.paymentAttemptId, payment] as const])),
  )
  return front.flatMap(({ paymentAttemptId, retrievalReferenceNumber, outcome }) => {
    const payment = paymentAttemptId === undefined ? undefined : byAttempt.get(paymentAttemptId)
    if (payment === undefined || outcome !== 'approved' || payment.retrievalReferenceNumber === retrievalReferenceNumber) return []
    return [{ paymentId: payment.paymentId, reason: 'the front approved the attempt under another reference number' }]
  })
}

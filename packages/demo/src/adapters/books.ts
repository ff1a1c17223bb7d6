import type { Static, TSchema } from 'typebox'
import { Value } from 'typebox/value'
import type { Installation, InstalledIssuer } from '@symbolon/contracts/installation'
import { Journal, type JournalEntry } from '@symbolon/contracts/issuer-api'
import { LedgerSummary, OperationsPayments, type OperationsPayment } from '@symbolon/contracts/operations-api'
import { Fault } from '@symbolon/formats/result'
import type { IssuerBooks } from '../rules/compare-books.ts'

const pageSize = 1_000
const maximumPages = 2_000

/** What the operator says of its payments, and whether its ledger adds up. */
export async function loadOperatorBooks(
  installation: Installation,
): Promise<{ readonly payments: readonly OperationsPayment[]; readonly summary: LedgerSummary }> {
  const { edgeOrigin, operationsKey } = installation
  const payments: OperationsPayment[] = []
  let after = ''
  for (let page = 0; page < maximumPages; page += 1) {
    const answer = await get(OperationsPayments, `${edgeOrigin}/v1/ops/payments?limit=${pageSize}${after}`, operationsKey)
    payments.push(...answer.payments)
    if (answer.next === undefined) break
    after = `&after=${answer.next}`
  }
  return { payments, summary: await get(LedgerSummary, `${edgeOrigin}/v1/ledger/summary`, operationsKey) }
}

/** What front and host of each issuer wrote down themselves, each asked directly with its own key. */
export async function loadIssuerBooks(issuers: readonly InstalledIssuer[]): Promise<readonly IssuerBooks[]> {
  return await Promise.all(
    issuers.map(async ({ issuerId, frontOrigin, frontJournalKey, hostOrigin, hostJournalKey }) => ({
      issuerId,
      front: await loadJournal(frontOrigin, frontJournalKey),
      host: await loadJournal(hostOrigin, hostJournalKey),
    })),
  )
}

async function loadJournal(origin: string, key: string): Promise<readonly JournalEntry[]> {
  const entries: JournalEntry[] = []
  let after = 0
  for (let page = 0; page < maximumPages; page += 1) {
    const journal = await get(Journal, `${origin}/v1/journal?limit=${pageSize}&after=${after}`, key)
    entries.push(...journal.entries)
    if (journal.entries.length < pageSize) break
    after = journal.next
  }
  return entries
}

async function get<Schema extends TSchema>(schema: Schema, url: string, key: string): Promise<Static<Schema>> {
  try {
    const response = await fetch(url, { headers: { authorization: `Bearer ${key}` }, signal: AbortSignal.timeout(20_000) })
    return Value.Parse(schema, await response.json())
  } catch (cause) {
    throw new Fault('BOOKS_UNREADABLE', { retry: 'later', cause })
  }
}

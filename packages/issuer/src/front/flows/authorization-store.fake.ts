import { bytesToHex } from '@symbolon/formats/bytes'
import type { JournalEntry } from '@symbolon/contracts/issuer-api'
import type {
  AuthorizationRecord,
  AuthorizationStore,
  DayRefusal,
  ExchangeLine,
  NewAuthorization,
  PendingReversal,
  ReplayRefusal,
  Sending,
  Settlement,
  StoredToken,
} from './authorization-store.ts'
import { daySeconds, findDayFault } from '../rules/key-limits.ts'
import { isCountGrown } from '../rules/key-protection.ts'

type Entry = { readonly line: ExchangeLine; readonly record: AuthorizationRecord; readonly sending?: Sending }
type Reversal = { readonly exchangeId: Uint8Array; sends: number; settled: boolean }
type Book = {
  readonly tokens: readonly StoredToken[]
  readonly entries: Map<string, Entry>
  readonly reversals: Reversal[]
  readonly journal: JournalEntry[]
  readonly signCounts: Map<string, number>
}

/** An authorization store in memory, with the promises of the port. */
export function createMemoryAuthorizationStore(tokens: readonly StoredToken[]): AuthorizationStore & Pick<Book, 'reversals'> {
  const book: Book = { tokens, entries: new Map(), reversals: [], journal: [], signCounts: new Map() }
  return {
    reversals: book.reversals,
    findToken: async (id) => findToken(book, id),
    find: async (exchangeId) => book.entries.get(bytesToHex(exchangeId))?.record,
    recordRefused: async (refused) => {
      const isNew = keep(book, refused, { state: 'declined', responseCode: refused.responseCode })
      if (isNew) append(book, refused, { outcome: 'declined', responseCode: refused.responseCode })
      return isNew
    },
    recordSent: async (sending) => recordSent(book, sending),
    settle: async (exchangeId, settlement) => settle(book, exchangeId, settlement),
    reverse: async (line) => reverse(book, line),
    recoverUnfinished: async () => {
      const unfinished = [...book.entries.values()].filter((entry) => entry.record.state === 'sent')
      const settlement = { state: 'declined', responseCode: '91', authorizationId: undefined, isReversalDue: true } as const
      for (const entry of unfinished) settle(book, entry.line.exchangeId, settlement)
      return unfinished.length
    },
    nextReversal: async () => nextReversal(book),
    countReversalSend: async (exchangeId) => {
      for (const reversal of book.reversals) if (reversal.exchangeId === exchangeId) reversal.sends += 1
    },
    settleReversal: async (exchangeId) => {
      for (const reversal of book.reversals) if (reversal.exchangeId === exchangeId) reversal.settled = true
    },
    journal: async (after, limit) => book.journal.slice(after, after + limit),
  }
}

function findToken(book: Book, id: Uint8Array): StoredToken | undefined {
  return book.tokens.find((token) => bytesToHex(token.tokenReferenceId) === bytesToHex(id))
}

function recordSent(book: Book, sending: Sending): 'recorded' | 'exchange-known' | ReplayRefusal | DayRefusal {
  if (book.entries.has(bytesToHex(sending.exchangeId))) return 'exchange-known'
  const used = [...book.entries.values()].flatMap((entry) => (entry.sending === undefined ? [] : [entry.sending.message]))
  const isUsed = (of: (message: Sending['message']) => string): boolean => used.some((message) => of(message) === of(sending.message))
  if (isUsed((message) => bytesToHex(message.tokenReferenceId) + bytesToHex(message.paymentAttemptId))) return 'payment-used'
  if (isUsed((message) => bytesToHex(message.merchantId) + bytesToHex(message.requestHash))) return 'request-used'
  if (isUsed((message) => bytesToHex(message.walletId) + bytesToHex(message.slotHash))) return 'slot-used'
  const refusal = useToken(book, sending)
  if (refusal !== undefined) return refusal
  keep(book, sending, { state: 'sent', responseCode: undefined }, sending)
  return 'recorded'
}

function useToken(book: Book, sending: Sending): DayRefusal | undefined {
  const { message, signCount, currency, receivedAt } = sending
  const key = bytesToHex(message.tokenReferenceId)
  if (signCount !== undefined && !isCountGrown(signCount, book.signCounts.get(key) ?? 0)) return 'count-not-grown'
  const day = [...book.entries.values()].flatMap(({ record, sending: one }) =>
    one !== undefined &&
    bytesToHex(one.message.tokenReferenceId) === key &&
    one.receivedAt > receivedAt - daySeconds &&
    (record.state === 'sent' || record.state === 'approved')
      ? [one]
      : [],
  )
  const amountMinorUnits = day.filter((one) => one.currency === currency).reduce((sum, one) => sum + one.amountMinorUnits, 0n)
  const fault = findDayFault(sending.limit, { amountMinorUnits, count: day.length }, sending)
  if (fault === undefined && signCount !== undefined) book.signCounts.set(key, signCount)
  return fault
}

function settle(book: Book, exchangeId: Uint8Array, settlement: Settlement): boolean {
  const entry = book.entries.get(bytesToHex(exchangeId))
  if (entry?.record.state !== 'sent') return false
  const { state, responseCode, authorizationId } = settlement
  book.entries.set(bytesToHex(exchangeId), { ...entry, record: { ...entry.record, state, responseCode, authorizationId } })
  if (settlement.isReversalDue) queue(book, exchangeId)
  append(book, entry.line, { outcome: state, responseCode })
  return true
}

function reverse(book: Book, line: ExchangeLine): void {
  const entry = book.entries.get(bytesToHex(line.exchangeId))
  if (entry?.record.state === 'reversed') return
  append(book, line, { outcome: 'reversed', responseCode: entry?.record.responseCode ?? '00' })
  const unknown = { exchangeId: line.exchangeId, requestDigest: undefined, responseCode: undefined, authorizationId: undefined }
  book.entries.set(bytesToHex(line.exchangeId), { line, ...entry, record: { ...(entry?.record ?? unknown), state: 'reversed' } })
  if (entry?.sending !== undefined) queue(book, line.exchangeId)
}

function nextReversal(book: Book): PendingReversal | undefined {
  const waiting = book.reversals.find((reversal) => !reversal.settled)
  const sending = waiting === undefined ? undefined : book.entries.get(bytesToHex(waiting.exchangeId))?.sending
  const token = sending === undefined ? undefined : findToken(book, sending.message.tokenReferenceId)
  return waiting && sending && token
    ? { exchangeId: waiting.exchangeId, sends: waiting.sends, host: sending.host, account: token }
    : undefined
}

function queue(book: Book, exchangeId: Uint8Array): void {
  const isQueued = book.reversals.some((reversal) => bytesToHex(reversal.exchangeId) === bytesToHex(exchangeId))
  if (!isQueued) book.reversals.push({ exchangeId, sends: 0, settled: false })
}

function keep(book: Book, line: NewAuthorization, record: Pick<AuthorizationRecord, 'state' | 'responseCode'>, sending?: Sending): boolean {
  const key = bytesToHex(line.exchangeId)
  if (book.entries.has(key)) return false
  const whole = { ...record, exchangeId: line.exchangeId, requestDigest: line.requestDigest, authorizationId: undefined }
  book.entries.set(key, { line, record: whole, ...(sending === undefined ? {} : { sending }) })
  return true
}

function append(book: Book, line: ExchangeLine, fact: Pick<JournalEntry, 'outcome' | 'responseCode'>): void {
  book.journal.push({
    sequence: book.journal.length + 1,
    retrievalReferenceNumber: line.retrievalReferenceNumber,
    systemsTraceAuditNumber: line.systemsTraceAuditNumber,
    amountMinorUnits: String(line.amountMinorUnits),
    currency: line.currency,
    ...fact,
  })
}

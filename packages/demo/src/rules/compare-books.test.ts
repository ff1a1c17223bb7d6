import { describe, expect, test } from 'vitest'
import type { JournalEntry } from '@symbolon/contracts/issuer-api'
import type { OperationsPayment } from '@symbolon/contracts/operations-api'
import { compareBooks } from './compare-books.ts'

const issuerId = '1'.repeat(32)
const payment: OperationsPayment = {
  paymentId: 'a'.repeat(32),
  merchantId: 'b'.repeat(32),
  orderId: 'o',
  state: 'captured',
  amountMinorUnits: '12000',
  currency: 'KRW',
  createdAt: 1,
  issuerId,
  paymentAttemptId: 'c'.repeat(32),
  retrievalReferenceNumber: '000000000001',
  systemsTraceAuditNumber: '000001',
}
const entry: JournalEntry = {
  sequence: 1,
  retrievalReferenceNumber: '000000000001',
  systemsTraceAuditNumber: '000001',
  amountMinorUnits: '12000',
  currency: 'KRW',
  outcome: 'approved',
  responseCode: '00',
  paymentAttemptId: 'c'.repeat(32),
}
type Changes = { readonly [Member in keyof OperationsPayment]?: OperationsPayment[Member] | undefined }
const isPayment = (value: object): value is OperationsPayment => 'paymentId' in value
function compare(changes: Changes, front: readonly JournalEntry[], host: readonly JournalEntry[]): readonly string[] {
  const changed = Object.fromEntries(Object.entries({ ...payment, ...changes }).filter(([, value]) => value !== undefined))
  const payments = isPayment(changed) ? [changed] : []
  return compareBooks(payments, [{ issuerId, front, host }]).map(({ reason }) => reason)
}
const reversal: JournalEntry = { ...entry, sequence: 2, outcome: 'reversed' }
const decline: JournalEntry = { ...entry, outcome: 'declined', responseCode: '51' }

describe('books that agree', () => {
  test.each([
    ['approved', {}, [entry], [entry]],
    ['declined by the host', { state: 'declined' }, [decline], [decline]],
    ['declined by the front alone', { state: 'declined' }, [decline], []],
    ['reversed', { state: 'reversed' }, [entry, reversal], [entry, reversal]],
    ['reversed before the host knew', { state: 'reversed' }, [reversal], []],
    ['declined because the host was silent', { state: 'declined' }, [decline], [entry, reversal]],
    ['declined, nothing was sent', { state: 'declined', retrievalReferenceNumber: undefined }, [], []],
    ['expired', { state: 'expired', retrievalReferenceNumber: undefined }, [], []],
  ] as const)('%s', (_name, changes, front, host) => {
    expect(compare(changes, front, host)).toEqual([])
  })
})

describe('books that do not', () => {
  test.each([
    ['the front does not know it', {}, [], [entry]],
    ['the host does not know it', {}, [entry], []],
    ['the front has another amount', { amountMinorUnits: '12001' }, [entry], [{ ...entry, amountMinorUnits: '12001' }]],
    ['the host has another currency', {}, [entry], [{ ...entry, currency: 'USD' }]],
    ['the host says reversed, the operator captured', {}, [entry], [entry, reversal]],
    ['the front says approved, the operator declined', { state: 'declined' }, [entry], [decline]],
    ['the payment is still unanswered', { state: 'unanswered' }, [entry], [entry]],
    ['no issuer', { issuerId: '2'.repeat(32) }, [entry], [entry]],
    ['a journal has two purchases under one reference number', {}, [entry, { ...entry, sequence: 3 }], [entry]],
    [
      'the front approved the attempt under another reference number',
      { state: 'declined', retrievalReferenceNumber: undefined },
      [entry],
      [entry],
    ],
  ] as const)('%s', (reason, changes, front, host) => {
    expect(compare(changes, front, host)).toEqual([reason])
  })
})

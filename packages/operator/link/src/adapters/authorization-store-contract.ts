import { deepEqual, equal, ok, rejects } from 'node:assert/strict'
import { minorUnits } from '@symbolon/formats/money'
import type { AuthorizationStore } from '../flows/authorization-store.ts'
import type { SentAuthorization } from '../rules/authorization.ts'

/** What every AuthorizationStore must do; each check gets an empty store. Run on the memory fake and on PostgreSQL. */
export const authorizationStoreContract: readonly {
  readonly name: string
  readonly check: (store: AuthorizationStore) => Promise<void>
}[] = [
  { name: 'keeps an authorization as it was inserted, once', check: keepsOnce },
  { name: 'keeps what was never sent, without numbers', check: keepsUnsent },
  { name: 'settles once; the same end again changes nothing, another is a bug', check: settlesOnce },
  { name: 'lists what is pending and nothing else', check: listsPending },
  { name: 'owes reversals in the order of their queue numbers, by issuer', check: owesInOrder },
  { name: 'counts attempts and ends a reversal once', check: endsReversal },
  { name: 'queues only what is pending', check: queuesPendingOnly },
  { name: 'never gives a number twice, whoever asks at the same time', check: numbersOnce },
]

const issuerA = 'a'.repeat(32)
const issuerB = 'b'.repeat(32)

function sent(number: number, issuerId: string = issuerA): SentAuthorization {
  return {
    paymentId: number.toString(16).padStart(32, '0'),
    requestHash: number.toString(16).padStart(64, '0'),
    issuerId,
    amount: minorUnits(999_999_999_999n),
    currency: 'KRW',
    cardAcceptorId: 'ABCDEFGHIJ23456',
    posEntryMode: '810',
    trace: {
      systemsTraceAuditNumber: String(number).padStart(6, '0'),
      retrievalReferenceNumber: String(number).padStart(12, '0'),
      transmissionDateTime: '1125041500',
      acquiringInstitutionId: '9410001',
      cardAcceptorTerminalId: 'SYMB0001',
    },
    outcome: { kind: 'pending' },
  }
}

function queued(authorization: SentAuthorization, queueNumber: bigint) {
  const { paymentId, issuerId } = authorization
  return { paymentId, issuerId, queueNumber, systemsTraceAuditNumber: '000900', transmissionDateTime: '1125041600', nowMs: 2_000 }
}

async function keepsOnce(store: AuthorizationStore): Promise<void> {
  const authorization = sent(1)
  equal(await store.find(authorization.paymentId), undefined)
  equal(await store.insert(authorization, 1_000), true)
  equal(await store.insert({ ...authorization, requestHash: 'f'.repeat(64) }, 1_000), false)
  deepEqual(await store.find(authorization.paymentId), authorization)
}

async function keepsUnsent(store: AuthorizationStore): Promise<void> {
  const { trace: _trace, ...facts } = sent(1)
  const authorization = { ...facts, outcome: { kind: 'unsent', reason: 'issuer-unavailable' } } as const
  equal(await store.insert(authorization, 1_000), true)
  deepEqual(await store.find(authorization.paymentId), authorization)
}

async function settlesOnce(store: AuthorizationStore): Promise<void> {
  const approved = { kind: 'approved', responseCode: '00', authorizationIdResponse: '012345' } as const
  const declined = { kind: 'declined', responseCode: '51', reason: 'insufficient-funds' } as const
  const ends = [approved, { kind: 'approved', responseCode: '00' }, declined, { kind: 'unsent', reason: 'issuer-unavailable' }] as const
  for (const [index, outcome] of ends.entries()) {
    const authorization = sent(index + 1)
    await store.insert(authorization, 1_000)
    await store.settle(authorization.paymentId, outcome, 2_000)
    await store.settle(authorization.paymentId, outcome, 3_000)
    deepEqual(await store.find(authorization.paymentId), { ...authorization, outcome })
    await rejects(store.settle(authorization.paymentId, outcome.kind === 'declined' ? approved : declined, 3_000), /one end/u)
  }
  await rejects(store.settle(sent(99).paymentId, approved, 3_000))
}

async function listsPending(store: AuthorizationStore): Promise<void> {
  for (const number of [1, 2, 3, 4]) await store.insert(sent(number), 1_000)
  await store.settle(sent(2).paymentId, { kind: 'approved', responseCode: '00' }, 2_000)
  await store.queueReversal(queued(sent(4), 1n))
  deepEqual(await store.listPending(10), [sent(1), sent(3)])
  equal((await store.listPending(1)).length, 1)
}

async function owesInOrder(store: AuthorizationStore): Promise<void> {
  const order = [
    [sent(1), 30n],
    [sent(2), 10n],
    [sent(3, issuerB), 5n],
    [sent(4), 20n],
  ] as const
  for (const [authorization] of order) await store.insert(authorization, 1_000)
  for (const [authorization, queueNumber] of order) await store.queueReversal(queued(authorization, queueNumber))
  for (const expected of [2, 4, 1]) {
    const owed = await store.findOwedReversal(issuerA)
    deepEqual(owed, {
      original: { ...sent(expected), outcome: { kind: 'unanswered' } },
      systemsTraceAuditNumber: '000900',
      transmissionDateTime: '1125041600',
      attempts: 0,
    })
    await store.settleReversal(sent(expected).paymentId, '00', 3_000)
  }
  equal(await store.findOwedReversal(issuerA), undefined)
  equal((await store.findOwedReversal(issuerB))?.original.paymentId, sent(3).paymentId)
}

async function endsReversal(store: AuthorizationStore): Promise<void> {
  const authorization = sent(1)
  await store.insert(authorization, 1_000)
  await store.queueReversal(queued(authorization, 1n))
  await store.queueReversal({ ...queued(authorization, 2n), systemsTraceAuditNumber: '000901' })
  await store.countAttempt(authorization.paymentId)
  await store.countAttempt(authorization.paymentId)
  const owed = await store.findOwedReversal(issuerA)
  deepEqual([owed?.attempts, owed?.systemsTraceAuditNumber], [2, '000900'])
  await store.settleReversal(authorization.paymentId, '', 3_000)
  await store.settleReversal(authorization.paymentId, '', 4_000)
  await store.queueReversal(queued(authorization, 3n))
  deepEqual((await store.find(authorization.paymentId))?.outcome, { kind: 'reversed' })
  equal(await store.findOwedReversal(issuerA), undefined)
}

async function queuesPendingOnly(store: AuthorizationStore): Promise<void> {
  await store.insert(sent(1), 1_000)
  await store.settle(sent(1).paymentId, { kind: 'approved', responseCode: '00' }, 2_000)
  await rejects(store.queueReversal(queued(sent(1), 1n)), /only a pending/u)
  await rejects(store.queueReversal(queued(sent(2), 1n)))
  equal(await store.findOwedReversal(issuerA), undefined)
  deepEqual((await store.find(sent(1).paymentId))?.outcome.kind, 'approved')
}

async function numbersOnce(store: AuthorizationStore): Promise<void> {
  const firsts = await Promise.all(Array.from({ length: 40 }, () => store.takeNumbers('some', 10, 0n)))
  const sorted = firsts.toSorted((left, right) => Number(left - right))
  deepEqual(
    sorted,
    Array.from({ length: 40 }, (_unused, index) => BigInt(index * 10)),
  )
  equal(await store.takeNumbers('some', 10, 5_000n), 5_000n)
  equal(await store.takeNumbers('some', 10, 0n), 5_010n)
  ok((await store.takeNumbers('another', 1, 2n ** 51n)) === 2n ** 51n)
}

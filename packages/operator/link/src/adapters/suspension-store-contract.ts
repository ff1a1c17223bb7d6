import { deepEqual, equal } from 'node:assert/strict'
import type { QueuedSuspension, SuspensionStore } from '../flows/suspension-store.ts'

const issuerId = 'a'.repeat(32)

function suspension(number: number, change: Partial<QueuedSuspension> = {}): QueuedSuspension {
  return {
    walletId: 'b'.repeat(32),
    tokenReferenceId: number.toString(16).padStart(32, '0'),
    issuerId,
    cause: 'alarm',
    queueNumber: BigInt(number),
    systemsTraceAuditNumber: String(number).padStart(6, '0'),
    transmissionDateTime: '1125041500',
    nowMs: 1_000,
    ...change,
  }
}

/** What every SuspensionStore must do; each check gets an empty store. Run on the memory fake and on PostgreSQL. */
export const suspensionStoreContract: readonly {
  readonly name: string
  readonly check: (store: SuspensionStore) => Promise<void>
}[] = [
  {
    name: 'keeps the first word about a token of a wallet',
    check: async (store) => {
      equal(await store.queue(suspension(1)), true)
      equal(await store.queue(suspension(1, { cause: 'stop-code', queueNumber: 9n })), false)
      equal((await store.findOwed(issuerId))?.cause, 'alarm')
      equal(await store.findState(suspension(1)), 'queued')
      equal(await store.findState(suspension(2)), undefined)
    },
  },
  {
    name: 'owes in the order of queue numbers, by issuer, until each is settled',
    check: async (store) => {
      await store.queue(suspension(3))
      await store.queue(suspension(2))
      await store.queue(suspension(1, { issuerId: 'c'.repeat(32) }))
      const { queueNumber: _number, nowMs: _now, ...owed } = suspension(2)
      await store.countAttempt(suspension(2))
      const found = await store.findOwed(issuerId)
      deepEqual({ ...found }, { ...found, ...owed, attempts: 1 })
      await store.settle(suspension(2), '00', 2_000)
      await store.settle(suspension(2), '00', 3_000)
      equal(await store.findState(suspension(2)), 'acknowledged')
      equal((await store.findOwed(issuerId))?.systemsTraceAuditNumber, '000003')
      await store.settle(suspension(3), '25', 2_000)
      equal(await store.findOwed(issuerId), undefined)
    },
  },
]

import type { HexId } from '@symbolon/custody/operator'
import type { WalletChange, WalletStore } from '@symbolon/operator-vault/flows'
import { parseSignable } from '@symbolon/custody/issuer'
import { bytesToHex } from '@symbolon/formats/bytes'
import { Fault } from '@symbolon/formats/result'
import type { Faults } from './faults.ts'

type SignedAttempt = NonNullable<WalletChange['signed']>
/** What the judge remembers of everything that was ever durable, whatever the database forgets later. */
export type Ledger = {
  readonly boundSlots: Set<HexId>
  readonly signed: { readonly attempt: SignedAttempt; readonly requestHash: string }[]
  readonly commitments: Set<string>
  /** Epochs that the vault held when a refresh was demanded, by wallet: nothing but a refresh is signed under them. */
  readonly suspects: Map<HexId, readonly HexId[]>
  /** Attempts whose TX2 was lost again with a rollback. */
  readonly lostAttempts: Set<HexId>
  /** What went against a promise, in words. */
  readonly broken: string[]
}
export function createLedger(): Ledger {
  return { boundSlots: new Set(), signed: [], commitments: new Set(), suspects: new Map(), lostAttempts: new Set(), broken: [] }
}

/** A rule that stands between the vault's flows and its store; a mutant changes what is stored. */
export type SaveRule = (change: WalletChange) => WalletChange

export type FaultyStore = {
  readonly store: WalletStore
  /** The vault was killed at a write: its process has to be started again. */
  isDown: boolean
}

/** The vault's store with everything that a database and a process can do at a write. */
export function createFaultyStore(
  inner: WalletStore,
  deps: { readonly faults: Faults; readonly ledger: Ledger; readonly rule: SaveRule; readonly before: (change: WalletChange) => void },
): FaultyStore {
  const { faults, ledger, rule } = deps
  const fault = (code: string): Fault => new Fault(code, { retry: 'later' })
  const down = (): Fault => {
    faulty.isDown = true
    return fault('VAULT_DOWN')
  }
  const faulty: FaultyStore = {
    isDown: false,
    store: {
      ...inner,
      save: async (change) => {
        faults.step(`vault saves ${change.after.last.state}`)
        if (faulty.isDown) throw fault('VAULT_DOWN')
        if (faults.strikes('write refused')) throw fault('DATABASE_REFUSED')
        if (faults.strikes('vault killed before a write')) throw down()
        deps.before(change)
        await inner.save(rule(change))
        note(ledger, change)
        if (faults.strikes('write stored but reported failed')) throw fault('DATABASE_GONE')
        if (faults.strikes('vault killed after a write')) throw down()
      },
    },
  }
  return faulty
}

function note(ledger: Ledger, { walletId, before, after, signed }: WalletChange): void {
  if (after.last.state === 'bound' && before.last.state !== 'bound') {
    if (ledger.boundSlots.has(after.last.slotId)) ledger.broken.push('double signature: a slot was bound twice')
    ledger.boundSlots.add(after.last.slotId)
  }
  if (after.demand !== null && after.demand.sinceMs !== before.demand?.sinceMs) {
    ledger.suspects.set(walletId, before.pending === null ? [before.current.eid] : [before.current.eid, before.pending.eid])
  }
  if (signed === undefined) return
  const isSuspect = ledger.suspects.get(walletId)?.includes(before.current.eid) === true
  if (isSuspect && signed.kind !== 'refresh' && signed.kind !== 'close') ledger.broken.push('a demand was passed over')
  const commitment = bytesToHex(signed.signature.subarray(0, 32))
  if (ledger.commitments.has(commitment)) ledger.broken.push('double signature: two signatures share a nonce')
  ledger.commitments.add(commitment)
  const again = ledger.signed.some(({ attempt }) => attempt.kind === 'pay' && attempt.attemptId === signed.attemptId)
  if (signed.kind === 'pay' && again && !ledger.lostAttempts.has(signed.attemptId))
    ledger.broken.push('double signature: one purchase was signed twice')
  if (ledger.signed.some(({ attempt }) => attempt.slotId === signed.slotId))
    ledger.broken.push('double signature: one slot was signed twice')
  ledger.signed.push({ attempt: signed, requestHash: requestHashOf(signed.message) })
}

/** The request that a signed payment pays; empty for what is no payment. */
function requestHashOf(message: Uint8Array): string {
  const parsed = parseSignable(message)
  return parsed.ok && parsed.value.kind === 'pay' ? bytesToHex(parsed.value.requestHash) : ''
}

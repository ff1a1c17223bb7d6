import type { FreezeReason, VaultLast, VaultStored } from '@symbolon/custody/operator'
import { lastStateCodes } from '@symbolon/custody/operator'
import { bytesToHex, hexToBytes } from '@symbolon/formats/bytes'
import { Fault } from '@symbolon/formats/result'
import type { SealedEpoch, Wallet } from '../../ports.ts'

/** A row of vault.wallets as PostgreSQL gives it. */
export type WalletRow = {
  readonly wallet_id: Buffer
  readonly joint_public_key: Buffer
  readonly device_key_kind: number
  readonly device_key: Buffer
  readonly accept_hash: Buffer
  readonly epoch_id: Buffer
  readonly share_sealed: Buffer
  readonly key_sealed: Buffer
  readonly pending_epoch_id: Buffer | null
  readonly pending_share_sealed: Buffer | null
  readonly pending_key_sealed: Buffer | null
  readonly pending_rerandomiser_sealed: Buffer | null
  readonly pending_since_ms: bigint | null
  readonly retired_sealed: readonly Buffer[]
  readonly tries: number
  readonly counter: bigint
  readonly last_state: number
  readonly last_slot_id: Buffer | null
  readonly last_message_hash: Buffer | null
  readonly last_attempt_id: Buffer | null
  readonly last_done: Buffer | null
  readonly frozen_reason: FreezeReason | null
  readonly demand_since_ms: bigint | null
  readonly demand_deadline_ms: bigint | null
  readonly stop_code_hash: Buffer | null
  readonly closing_statement: Buffer | null
}

const idSize = 16
const own = (bytes: Uint8Array): Uint8Array => new Uint8Array(bytes)

/** Reads a row; one that no save could have written is a fault of the database. */
export function parseWalletRow(row: WalletRow): Wallet {
  const { device_key_kind: kind } = row
  if (kind !== 0 && kind !== 1 && kind !== 2) throw invalidRow()
  return {
    walletId: bytesToHex(row.wallet_id),
    walletKey: own(row.joint_public_key),
    deviceKey: { kind, publicKey: own(row.device_key) },
    acceptHash: bytesToHex(row.accept_hash),
    stopCodeHash: row.stop_code_hash === null ? null : bytesToHex(row.stop_code_hash),
    stored: {
      current: { eid: bytesToHex(row.epoch_id), secrets: { share: own(row.share_sealed), key: own(row.key_sealed), rerandomiser: null } },
      pending: parsePending(row),
      retired: row.retired_sealed.map((entry) => ({ eid: bytesToHex(entry.subarray(0, idSize)), macKey: own(entry.subarray(idSize)) })),
      tries: row.tries,
      counter: Number(row.counter),
      last: parseLast(row),
      frozen: row.frozen_reason,
      demand: parseDemand(row),
      closed: row.closing_statement === null ? null : own(row.closing_statement),
    },
  }
}

function parsePending(row: WalletRow): VaultStored<SealedEpoch>['pending'] {
  const { pending_epoch_id: eid, pending_share_sealed: share, pending_key_sealed: key, pending_since_ms: since } = row
  if (eid === null) return null
  if (share === null || key === null || since === null) throw invalidRow()
  const rerandomiser = row.pending_rerandomiser_sealed
  return {
    eid: bytesToHex(eid),
    secrets: { share: own(share), key: own(key), rerandomiser: rerandomiser === null ? null : own(rerandomiser) },
    sinceMs: Number(since),
  }
}

function parseDemand({ demand_since_ms: since, demand_deadline_ms: deadline }: WalletRow): VaultStored<SealedEpoch>['demand'] {
  if (since === null) return null
  if (deadline === null) throw invalidRow()
  return { sinceMs: Number(since), deadlineMs: Number(deadline) }
}

function parseLast(row: WalletRow): VaultLast {
  const { last_state: code, last_slot_id: slot, last_message_hash: hash, last_attempt_id: attempt, last_done: done } = row
  if (code === lastStateCodes.none) return { state: 'none' }
  if (slot === null || hash === null || attempt === null) throw invalidRow()
  const facts = { slotId: bytesToHex(slot), hash: bytesToHex(hash), attemptId: bytesToHex(attempt) }
  if (code === lastStateCodes.bound) return { state: 'bound', ...facts }
  if (code === lastStateCodes.void) return { state: 'void', ...facts }
  if (done === null) throw invalidRow()
  return { state: code === lastStateCodes.done ? 'done' : 'wrong', ...facts, done: own(done) }
}

/** The columns that a save writes, in the order of `changingColumns`. */
export function changingValues(stored: VaultStored<SealedEpoch>): readonly unknown[] {
  const { current, pending, retired, tries, counter, last, frozen, demand, closed } = stored
  const attempt = last.state === 'none' ? undefined : last
  return [
    hexToBytes(current.eid),
    current.secrets.share,
    current.secrets.key,
    pending === null ? null : hexToBytes(pending.eid),
    pending?.secrets.share ?? null,
    pending?.secrets.key ?? null,
    pending?.secrets.rerandomiser ?? null,
    pending?.sinceMs ?? null,
    retired.map((epoch) => Buffer.concat([hexToBytes(epoch.eid), epoch.macKey])),
    tries,
    counter,
    lastStateCodes[last.state],
    attempt === undefined ? null : hexToBytes(attempt.slotId),
    attempt === undefined ? null : hexToBytes(attempt.hash),
    attempt === undefined ? null : hexToBytes(attempt.attemptId),
    last.state === 'done' || last.state === 'wrong' ? last.done : null,
    frozen !== null,
    frozen,
    demand?.sinceMs ?? null,
    demand?.deadlineMs ?? null,
    closed,
  ]
}

type ColumnValue = string | number | boolean | null | readonly string[]

/** The columns that differ, as JSON for PostgreSQL: bytes in hex. What the states share was not touched and does not travel. */
export function describeChange(before: VaultStored<SealedEpoch>, after: VaultStored<SealedEpoch>): Readonly<Record<string, ColumnValue>> {
  return {
    ...(after.current === before.current ? {} : describeCurrent(after.current)),
    ...(after.pending === before.pending ? {} : describePending(after.pending)),
    ...(after.retired === before.retired ? {} : { retired_sealed: describeRetired(after) }),
    ...(after.last === before.last ? {} : describeLast(after.last)),
    ...(after.demand === before.demand
      ? {}
      : { demand_since_ms: after.demand?.sinceMs ?? null, demand_deadline_ms: after.demand?.deadlineMs ?? null }),
    tries: after.tries,
    counter: after.counter,
    frozen: after.frozen !== null,
    frozen_reason: after.frozen,
    closing_statement: after.closed === null ? null : hexOf(after.closed),
  } satisfies Partial<Record<(typeof changingColumns)[number], ColumnValue>>
}

/** The sealed columns alone: what else happened to the wallet since it was read stays as it is. */
export function describeSeals(before: VaultStored<SealedEpoch>, after: VaultStored<SealedEpoch>): Readonly<Record<string, ColumnValue>> {
  return {
    ...describeCurrent(after.current),
    ...(after.pending === null ? {} : describePending(after.pending)),
    ...(before.retired.length === 0 ? {} : { retired_sealed: describeRetired(after) }),
  }
}

/** Bytes as PostgreSQL reads them in text. */
export function hexOf(bytes: Uint8Array): string {
  return `\\x${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')}`
}

function describeRetired({ retired }: VaultStored<SealedEpoch>): readonly string[] {
  return retired.map((epoch) => `\\x${epoch.eid}${hexOf(epoch.macKey).slice(2)}`)
}

function describeCurrent({ eid, secrets }: VaultStored<SealedEpoch>['current']) {
  return { epoch_id: `\\x${eid}`, share_sealed: hexOf(secrets.share), key_sealed: hexOf(secrets.key) }
}

function describePending(pending: VaultStored<SealedEpoch>['pending']) {
  const rerandomiser = pending?.secrets.rerandomiser ?? null
  return {
    pending_epoch_id: pending === null ? null : `\\x${pending.eid}`,
    pending_share_sealed: pending === null ? null : hexOf(pending.secrets.share),
    pending_key_sealed: pending === null ? null : hexOf(pending.secrets.key),
    pending_rerandomiser_sealed: rerandomiser === null ? null : hexOf(rerandomiser),
    pending_since_ms: pending?.sinceMs ?? null,
  }
}

function describeLast(last: VaultLast) {
  const attempt = last.state === 'none' ? undefined : last
  return {
    last_state: lastStateCodes[last.state],
    last_slot_id: attempt === undefined ? null : `\\x${attempt.slotId}`,
    last_message_hash: attempt === undefined ? null : `\\x${attempt.hash}`,
    last_attempt_id: attempt === undefined ? null : `\\x${attempt.attemptId}`,
    last_done: last.state === 'done' || last.state === 'wrong' ? hexOf(last.done) : null,
  }
}

export const changingColumns = [
  'epoch_id',
  'share_sealed',
  'key_sealed',
  'pending_epoch_id',
  'pending_share_sealed',
  'pending_key_sealed',
  'pending_rerandomiser_sealed',
  'pending_since_ms',
  'retired_sealed',
  'tries',
  'counter',
  'last_state',
  'last_slot_id',
  'last_message_hash',
  'last_attempt_id',
  'last_done',
  'frozen',
  'frozen_reason',
  'demand_since_ms',
  'demand_deadline_ms',
  'closing_statement',
] as const

function invalidRow(): Fault {
  return new Fault('VAULT_ROW_INVALID', { retry: 'never' })
}

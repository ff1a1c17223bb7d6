import { createHash } from 'node:crypto'
import { unmaskShare } from '@symbolon/custody/device'
import { isEqualBytes } from '@symbolon/formats/bytes'
import type { DeviceLoot } from './device-files.ts'
import { bindingFactors, challengeOf, invert, modulo, writeScalar, type Commitments, type Group } from './ed25519.ts'

/** One epoch as the vault's database and its keys give it. */
export type VaultEpoch = { readonly eid: string; readonly share: Uint8Array; readonly key: Uint8Array }
/** What a vault that keeps everything has of one attempt: the device's part of a signature, and its own commitments. */
export type OpenedAttempt = {
  readonly eid: string
  readonly message: Uint8Array
  readonly vault: Commitments
  readonly device: Commitments & { readonly signatureShare: Uint8Array }
}
export type PinLoot = {
  readonly device: DeviceLoot
  readonly vaultEpochs: readonly VaultEpoch[]
  readonly attempts: readonly OpenedAttempt[]
  /** Whether bytes lie anywhere in what was stolen, in any encoding. */
  readonly holds?: (bytes: Uint8Array) => boolean
}

/** A guessed PIN with its slow hash t, however that was come by. */
export type Guess = { readonly pin: string; readonly stretched: Uint8Array }
export type Relation = 'share-fits-the-vaults-half' | 'wrong-attempt' | 'share-repeats' | 'value-lies-in-the-loot'
/** A PIN that some relation between the stolen values confirms. */
export type Confirmed = { readonly pin: string; readonly relation: Relation }
export type SearchOptions = { readonly onProgress?: (done: number, total: number) => void }

const keySize = 6

/**
 * The one search tool of all drills about PINs: for every guess, every relation between what was stolen. A design is safe from it if
 * no guess is confirmed, the right one included.
 */
export function searchPins(
  group: Group,
  loot: PinLoot,
  guesses: readonly Guess[],
  { onProgress = () => undefined }: SearchOptions = {},
): readonly Confirmed[] {
  const confirmed: Confirmed[] = []
  const { epochs } = loot.device
  const targets = targetPoints(group, loot)
  const shiftedBy = differences(group, loot, targets)
  const scalars = epochs.map((epoch) => createTable(guesses.length, (index) => shareOf(group, loot.device, epoch, guesses[index])))
  for (const [place, table] of scalars.entries()) {
    const confirm = (index: number, relation: Relation): void => {
      const pin = guesses[index]?.pin
      if (pin !== undefined) confirmed.push({ pin, relation })
    }
    const needsPoints = targets.length + shiftedBy.length > 0
    const points = needsPoints ? createTable(guesses.length, (index) => group.multiplyBase(table.at(index))) : undefined
    for (let index = 0; index < guesses.length; index += 1) {
      if (index % 1_000 === 0) onProgress(place * guesses.length + index, epochs.length * guesses.length)
      const share = table.at(index)
      for (const later of scalars.slice(place + 1)) {
        const other = later.find(share)
        if (other === undefined) continue
        confirm(index, 'share-repeats')
        confirm(other, 'share-repeats')
      }
      if (points !== undefined) {
        const point = points.at(index)
        if (targets.some((target) => isEqualBytes(target.point, point))) confirm(index, 'share-fits-the-vaults-half')
        for (const shift of shiftedBy) {
          const other = points.find(group.addPoints(point, shift))
          if (other === undefined) continue
          confirm(index, 'wrong-attempt')
          confirm(other, 'wrong-attempt')
        }
      }
      if (loot.holds !== undefined && isKept(loot.holds, share, guesses[index])) confirm(index, 'value-lies-in-the-loot')
    }
  }
  return confirmed
}

function shareOf(
  group: Group,
  loot: DeviceLoot,
  { maskedShare, salt }: DeviceLoot['epochs'][number],
  guess: Guess | undefined,
): Uint8Array {
  return unmaskShare({ group }, maskedShare, { walletId: loot.walletId, salt, stretchedPin: guess?.stretched ?? new Uint8Array(32) })
}

// What a device must not keep of a PIN: its slow hash, the share, and nothing that either leads to.
function isKept(holds: (bytes: Uint8Array) => boolean, share: Uint8Array, guess: Guess | undefined): boolean {
  return guess !== undefined && [share, guess.stretched, ...hashesOf(share), ...hashesOf(guess.stretched)].some((value) => holds(value))
}

function hashesOf(value: Uint8Array): readonly Uint8Array[] {
  return ['sha256', 'sha512'].map((name) => new Uint8Array(createHash(name).update(value).digest()))
}

type Target = { readonly eid: string; readonly point: Uint8Array }

/** Points that the right share of some epoch times G would be, and those that the shares of attempts were. */
function targetPoints(group: Group, { device: { walletKey }, vaultEpochs, attempts }: PinLoot): readonly Target[] {
  return [
    ...vaultEpochs.map(({ eid, share }) => ({ eid, point: subtractPoint(group, walletKey, group.multiplyBase(share)) })),
    ...attempts.map((attempt) => ({ eid: attempt.eid, point: pointOfAttempt(group, walletKey, attempt) })),
  ]
}

/** a·G of the share a that an attempt was signed with: (zG − R_d)/c. */
export function pointOfAttempt(group: Group, walletKey: Uint8Array, { message, vault, device }: OpenedAttempt): Uint8Array {
  const [ofVault, ofDevice] = bindingFactors(walletKey, message, [vault, device])
  const part = ({ hidingCommitment, bindingCommitment }: Commitments, factor: bigint): Uint8Array =>
    group.addPoints(hidingCommitment, group.multiplyByPublicScalar(writeScalar(factor), bindingCommitment))
  const own = part(device, ofDevice)
  const challenge = challengeOf(group.addPoints(part(vault, ofVault), own), walletKey, message)
  const scaled = subtractPoint(group, group.multiplyBase(device.signatureShare), own)
  return group.multiplyByPublicScalar(writeScalar(invert(challenge)), scaled)
}

/** X = (h(one) − h(other))·G for every two shares of one epoch that differ: what a wrong PIN tells the vault. */
function differences(group: Group, { device }: PinLoot, targets: readonly Target[]): readonly Uint8Array[] {
  if (device.epochs.length === 0) return []
  const different = targets.filter(
    (one, index) => !targets.slice(0, index).some((before) => before.eid === one.eid && isEqualBytes(before.point, one.point)),
  )
  return different.flatMap((one, index) =>
    different.slice(index + 1).flatMap((other) => (one.eid === other.eid ? [subtractPoint(group, one.point, other.point)] : [])),
  )
}

function subtractPoint(group: Group, left: Uint8Array, right: Uint8Array): Uint8Array {
  return group.addPoints(left, group.multiplyByPublicScalar(writeScalar(modulo(-1n)), right))
}

type Table = { at(index: number): Uint8Array; find(value: Uint8Array): number | undefined }

/** Values of 32 bytes in a row, found again by their first bytes: a million guesses fit into memory. */
function createTable(count: number, compute: (index: number) => Uint8Array): Table {
  const values = Buffer.alloc(32 * count)
  const placeByKey = new Map<number, number>()
  for (let index = 0; index < count; index += 1) {
    values.set(compute(index), 32 * index)
    placeByKey.set(values.readUIntLE(32 * index, keySize), index)
  }
  const at = (index: number): Uint8Array => values.subarray(32 * index, 32 * index + 32)
  return {
    at,
    find: (value) => {
      const index = placeByKey.get(Buffer.from(value.buffer, value.byteOffset, value.length).readUIntLE(0, keySize))
      return index !== undefined && isEqualBytes(at(index), value) ? index : undefined
    },
  }
}

/** So many PINs of six digits, evenly spread, and these among them. */
export function listSixDigitPins(count: number, among: readonly string[]): readonly string[] {
  const step = Math.max(1, Math.floor(1_000_000 / count))
  const spread = Array.from({ length: Math.min(count, 1_000_000) }, (_, index) => String(index * step).padStart(6, '0'))
  return [...new Set([...among, ...spread])].slice(0, Math.max(count, among.length))
}

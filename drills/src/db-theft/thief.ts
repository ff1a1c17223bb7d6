import type pg from 'pg'
import { createByteNeedles } from '../attacker/byte-needles.ts'
import type { Group } from '../attacker/ed25519.ts'
import type { LiveDevice } from '../attacker/live.ts'
import { readDeviceFile } from '../attacker/device-files.ts'
import { createNeedles, type Needle } from '../canaries/rules/needles.ts'
import { createSearcher } from '../canaries/rules/searcher.ts'
import type { Place } from '../canaries/places/place.ts'
import { deriveMacKey } from '@symbolon/custody/operator'
import { unmaskShare } from '@symbolon/custody/device'

const scalarSize = 32

/** Everything that a person's device knows and that would be a theft if it lay in the operator's database. */
export type Owned = LiveDevice & { readonly epochKeys: ReadonlyMap<string, Uint8Array>; readonly stretchedPin: Uint8Array }

/** Reads every place byte by byte and answers what it holds of what it may not. */
export async function searchPlaces(
  places: readonly Place[],
  owned: readonly Owned[],
): Promise<{ readonly found: ReadonlySet<string>; readonly bytes: number }> {
  const needles = owned.flatMap(listNeedles)
  const found = new Set<string>()
  let bytes = 0
  for (const place of places) {
    const searcher = createSearcher(needles)
    await place.read(searcher)
    for (const { needle } of searcher.findings()) found.add(`${needle.name} in ${place.name}`)
    bytes += searcher.bytesSearched()
  }
  return { found, bytes }
}

function listNeedles({ card, epochKeys, stretchedPin }: Owned): readonly Needle[] {
  return [
    ...createNeedles('a card number', card.primaryAccountNumber),
    ...createNeedles('a PIN', card.pin),
    ...createByteNeedles('a stretched PIN', stretchedPin),
    ...[...epochKeys.values()].flatMap((key) => [
      ...createByteNeedles('K of an epoch', key),
      ...createByteNeedles('the MAC key of an epoch', deriveMacKey(key)),
    ]),
  ]
}

/**
 * The vault's half of a wallet is the scalar whose point is Y less the device's. Every 32 bytes of every column of the vault's tables
 * are tried, so whatever form the half has there, as long as it is whole.
 */
export async function findShares(client: pg.Client, group: Group, owned: readonly Owned[]): Promise<number> {
  const columns = await readVaultColumns(client)
  let shares = 0
  for (const one of owned) {
    const targets = vaultPoints(group, one)
    if (columns.some((column) => holdsScalar(group, column, targets))) shares += 1
  }
  return shares
}

function vaultPoints(group: Group, { device, stretchedPin }: Owned): readonly string[] {
  const { walletId, walletKey, epochs } = readDeviceFile(device.medium.snapshot().state)
  return epochs.map(({ maskedShare, salt }) => {
    const share = unmaskShare({ group }, maskedShare, { walletId, salt, stretchedPin })
    // Y − A_d: a point is subtracted by adding its multiple by −1 of the scalar.
    const minusShare = group.subtractScalars(new Uint8Array(scalarSize), share)
    return Buffer.from(group.addPoints(walletKey, group.multiplyBase(minusShare))).toString('hex')
  })
}

function holdsScalar(group: Group, column: Uint8Array, points: readonly string[]): boolean {
  for (let offset = 0; offset + scalarSize <= column.length; offset += 1) {
    const scalar = column.slice(offset, offset + scalarSize)
    if (points.includes(pointOf(group, scalar))) return true
  }
  return false
}

function pointOf(group: Group, scalar: Uint8Array): string {
  try {
    return Buffer.from(group.multiplyBase(scalar)).toString('hex')
  } catch {
    // Not a canonical scalar, or zero.
    return ''
  }
}

async function readVaultColumns(client: pg.Client): Promise<readonly Uint8Array[]> {
  const columns: Uint8Array[] = []
  for (const table of ['wallets', 'records', 'signed_messages']) {
    const { rows } = await client.query<Record<string, unknown>>(`SELECT * FROM vault.${table}`)
    for (const value of rows.flatMap((row) => Object.values(row)).flat())
      if (value instanceof Uint8Array) columns.push(Uint8Array.from(value))
  }
  return columns
}

/** A card's record is two halves: does the device's half with anything in the vault's table give the card number? */
export async function findRecords(client: pg.Client, owned: readonly Owned[]): Promise<number> {
  const { rows } = await client.query<{ half_sealed: Buffer }>('SELECT half_sealed FROM vault.records')
  let records = 0
  for (const { device, card } of owned) {
    const half = device.medium.snapshot().records
    if (rows.some(({ half_sealed: stored }) => joins(half, stored, card.primaryAccountNumber))) records += 1
  }
  return records
}

function joins(deviceHalf: Uint8Array, stored: Uint8Array, cardNumber: string): boolean {
  for (let at = 0; at < 64 && at < deviceHalf.length; at += 1) {
    for (let from = 0; from < 64; from += 1) {
      const joined = stored.subarray(from, from + 400).map((byte, index) => byte ^ (deviceHalf[at + index] ?? 0))
      if (Buffer.from(joined).includes(cardNumber)) return true
    }
  }
  return false
}

import { createHash, createHmac } from 'node:crypto'
import { stretchPin, unmaskShare } from '@symbolon/custody/device'
import type { DeviceLoot } from '../attacker/device-files.ts'
import type { Group } from '../attacker/ed25519.ts'
import { searchPins, type Guess } from '../attacker/pin-search.ts'
import { scanFor, type Readings, type Wanted } from '../attacker/value-scan.ts'

export type Stolen = { readonly group: Group; readonly loot: DeviceLoot; readonly readings: Readings }
const chunkSize = 50_000

/**
 * PINs that anything in the loot confirms: a relation between stolen values, or a value that only this PIN leads to, lying anywhere in
 * the profile in any of its readings.
 */
export function confirmPins(stolen: Stolen, guesses: readonly Guess[], onProgress: (done: number) => void): ReadonlySet<string> {
  const { group, loot, readings } = stolen
  const confirmed = new Set<string>()
  for (let start = 0; start < guesses.length; start += chunkSize) {
    const chunk = guesses.slice(start, start + chunkSize)
    const wanted = chunk.flatMap((guess) => derivedValues(group, loot, guess))
    for (const pin of scanFor(readings, wanted)) confirmed.add(pin)
    onProgress(Math.min(guesses.length, start + chunk.length))
  }
  for (const { pin } of searchPins(group, { device: loot, vaultEpochs: [], attempts: [] }, guesses)) confirmed.add(pin)
  return confirmed
}

/** What a PIN leads to on a device: its slow hash, the share under each epoch, and what a check of either would keep. */
function derivedValues(group: Group, loot: DeviceLoot, { pin, stretched }: Guess): readonly Wanted<string>[] {
  const { walletId, pinSalt, epochs } = loot
  const shares = epochs.map(({ maskedShare, salt }) => unmaskShare({ group }, maskedShare, { walletId, salt, stretchedPin: stretched }))
  const digits = Buffer.from(pin)
  const values = [
    ...[...shares, stretched].flatMap((value) => [value, digest('sha256', value), digest('sha512', value), keyed(value, walletId)]),
    digest('sha256', digits),
    digest('sha256', pinSalt, digits),
    digest('sha256', digits, pinSalt),
    ...shares.map((share) => share.slice().reverse()),
  ]
  return values.map((value) => ({ owner: pin, value }))
}

function digest(name: 'sha256' | 'sha512', ...parts: readonly Uint8Array[]): Uint8Array {
  const hash = createHash(name)
  for (const part of parts) hash.update(part)
  return new Uint8Array(hash.digest().subarray(0, 32))
}

function keyed(key: Uint8Array, message: Uint8Array): Uint8Array {
  return new Uint8Array(createHmac('sha256', key).update(message).digest())
}

/** Guesses with the real slow hash, one after the other. */
export async function stretchTruly(
  loot: DeviceLoot,
  pins: readonly string[],
  onProgress: (done: number) => void,
): Promise<readonly Guess[]> {
  const guesses: Guess[] = []
  for (const [index, pin] of pins.entries()) {
    guesses.push({ pin, stretched: await stretchPin(pin, loot.pinSalt) })
    onProgress(index + 1)
  }
  return guesses
}

/**
 * Guesses whose slow hash costs nothing: values that look like its own stand in for it, but for the PINs that were really typed. What
 * tells those apart from the others would tell a right PIN from a wrong one.
 */
export function stretchForFree(loot: DeviceLoot, pins: readonly string[], typed: readonly Guess[]): readonly Guess[] {
  const known = new Map(typed.map((guess) => [guess.pin, guess]))
  return pins.map((pin) => known.get(pin) ?? { pin, stretched: digest('sha256', loot.pinSalt, Buffer.from(`free hash of ${pin}`)) })
}

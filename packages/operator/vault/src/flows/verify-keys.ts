import type { KeysAnswer, KeysVerified } from '@symbolon/contracts/planes'
import { base64urlToBytes } from '@symbolon/formats/bytes'
import { Fault } from '@symbolon/formats/result'
import type { Sealer } from '../ports.ts'
import { witnessNote, type RotationDependencies, type Witness } from './rotate-keys.ts'

/** Which generations there are, where they are kept, and how many sealed values need each. */
export async function describeKeys({
  vault,
  keys,
}: RotationDependencies): Promise<Pick<KeysAnswer, 'newest' | 'stores' | 'values' | 'destroyed'>> {
  const counts = await vault.store.countByGeneration()
  return {
    newest: keys.generation,
    stores: (await keys.list()).map(({ protection, generations }) => ({
      protection,
      generations: generations === 'unreadable' ? [] : [...generations],
      isReadable: generations !== 'unreadable',
    })),
    values: [...counts].map(([generation, count]) => ({ generation, count })).toSorted((left, right) => left.generation - right.generation),
    destroyed: [...keys.destroyed()],
  }
}

/**
 * Looks at every row: none needs a generation that is not there, no store has a destroyed generation, and a value of a row from before
 * the latest rotation does not open, neither as it says nor under any key that there is.
 */
export async function verifyKeys(deps: RotationDependencies): Promise<KeysVerified> {
  const { vault, keys } = deps
  const counts = await vault.store.countByGeneration()
  const missing = [...counts.keys()].filter((generation) => !keys.keyEncryptionKeys.has(generation))
  const stores = await keys.list()
  const remaining = keys
    .destroyed()
    .filter((generation) => stores.some(({ generations }) => generations !== 'unreadable' && generations.includes(generation)))
  const witnesses = (await keys.readNote(witnessNote)).map(parseWitness)
  const opened = witnesses.some((witness) => opensAnyhow(vault.sealer, [...keys.keyEncryptionKeys.keys()], witness))
  return {
    isVerified: missing.length === 0 && remaining.length === 0 && !opened,
    values: [...counts.values()].reduce((sum, count) => sum + count, 0),
    generationsMissing: missing,
    destroyedButPresent: remaining,
    oldRow: witnesses.length === 0 ? 'none' : opened ? 'opens' : 'does-not-open',
  }
}

/** Destroys a generation that no row needs and that is not the newest; answers why not otherwise. */
export async function destroyKey(
  { vault, keys }: RotationDependencies,
  generation: number,
): Promise<'destroyed' | 'newest' | 'needed' | 'unknown'> {
  if (generation === keys.generation) return 'newest'
  if (!keys.keyEncryptionKeys.has(generation)) return 'unknown'
  await vault.queue.settled()
  if (((await vault.store.countByGeneration()).get(generation) ?? 0) > 0) return 'needed'
  await keys.destroyGeneration(generation)
  return 'destroyed'
}

// Under the generation that its head names, and under every other: a head is easily changed.
function opensAnyhow(sealer: Sealer, generations: readonly number[], { place, sealed }: Witness): boolean {
  const bytes = base64urlToBytes(sealed)
  const heads = [bytes, ...generations.map((generation) => withGeneration(bytes, generation))]
  return heads.some((candidate) => {
    try {
      sealer.open(place, candidate).fill(0)
      return true
    } catch (error) {
      if (error instanceof Fault) return false
      throw error
    }
  })
}

function withGeneration(bytes: Uint8Array, generation: number): Uint8Array {
  const changed = bytes.slice()
  new DataView(changed.buffer).setUint32(0, generation)
  return changed
}

function parseWitness(text: string): Witness {
  const value: unknown = JSON.parse(text)
  if (!isWitness(value)) throw new Fault('VAULT_KEY_NOTE_INVALID', { retry: 'never' })
  return value
}

function isWitness(value: unknown): value is Witness {
  return (
    typeof value === 'object' &&
    value !== null &&
    'sealed' in value &&
    typeof value.sealed === 'string' &&
    'place' in value &&
    typeof value.place === 'object'
  )
}

import { randomBytes } from 'node:crypto'
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { importSealingKey, type SealingKey } from '@symbolon/custody/issuer'
import { base64urlToBytes, bytesToBase64url } from '@symbolon/formats/bytes'

export type PublicSealingKey = { readonly keyId: string; readonly publicKey: string }

/** The sealing keys of a folder as it is now: a key added or taken away while the front runs counts from the next question on. */
export type SealingKeys = { find(keyId: string): Promise<SealingKey | undefined> }

const first = 'sealing.key'
const nameOf = (generation: number): string => (generation === 1 ? first : `sealing-${generation}.key`)

export function writeFirstSealingKey(folder: string): void {
  if (listGenerations(folder).length === 0) writeSeed(folder, 1)
}

/** Makes the next sealing key beside the ones that are there. A generation is never written twice. */
export function addSealingKey(folder: string): void {
  writeSeed(folder, (listGenerations(folder).at(-1) ?? 0) + 1)
}

/** Takes away every sealing key but the newest; what is sealed to one of them cannot be opened any more. Answers how many went. */
export function retireSealingKeys(folder: string): number {
  const old = listGenerations(folder).slice(0, -1)
  for (const generation of old) rmSync(join(folder, nameOf(generation)))
  return old.length
}

export async function publishSealingKeys(folder: string): Promise<readonly PublicSealingKey[]> {
  const keys = await Promise.all(listGenerations(folder).map((generation) => readSealingKey(folder, generation)))
  return keys.toReversed().map(({ keyId, publicKey }) => ({ keyId, publicKey: bytesToBase64url(publicKey) }))
}

export async function openSealingKeys(folder: string): Promise<SealingKeys> {
  const keyByGeneration = new Map<number, SealingKey>()
  const refresh = async (): Promise<void> => {
    const generations = listGenerations(folder)
    for (const known of keyByGeneration.keys()) if (!generations.includes(known)) keyByGeneration.delete(known)
    for (const generation of generations)
      if (!keyByGeneration.has(generation)) keyByGeneration.set(generation, await readSealingKey(folder, generation))
  }
  await refresh()
  return {
    find: async (keyId) => {
      await refresh()
      return [...keyByGeneration.values()].find((key) => key.keyId === keyId)
    },
  }
}

function listGenerations(folder: string): readonly number[] {
  return readdirSync(folder)
    .flatMap((name) => (name === first ? [1] : [Number(/^sealing-([2-9]|[1-9][0-9]{1,5})\.key$/u.exec(name)?.[1] ?? 0)]))
    .filter((generation) => generation > 0)
    .toSorted((left, right) => left - right)
}

function writeSeed(folder: string, generation: number): void {
  writeFileSync(join(folder, nameOf(generation)), `${bytesToBase64url(randomBytes(32))}\n`, { mode: 0o600, flag: 'wx' })
}

function readSealingKey(folder: string, generation: number): Promise<SealingKey> {
  return importSealingKey(base64urlToBytes(readFileSync(join(folder, nameOf(generation)), 'utf8').trim()))
}

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { InstalledMachinery } from '@symbolon/contracts/installation'
import { base64urlToBytes } from '@symbolon/formats/bytes'
import { configFileOf } from '../canaries/places/of-operator.ts'

/** The folder where the vault of a live installation has its keys. */
export function keysFolderOf(machinery: InstalledMachinery): string {
  const config: unknown = JSON.parse(readFileSync(configFileOf(machinery, 'vault'), 'utf8'))
  const folder: unknown = typeof config === 'object' && config !== null ? Reflect.get(config, 'keysFolder') : undefined
  if (typeof folder !== 'string') throw new Error('the vault’s configuration names no keys folder')
  return folder
}

/** The key that the vault signs slots with, as it publishes it. */
export function vaultPublicKeyOf(machinery: InstalledMachinery): Uint8Array {
  const published: unknown = JSON.parse(readFileSync(join(keysFolderOf(machinery), 'public.json'), 'utf8'))
  const key: unknown = typeof published === 'object' && published !== null ? Reflect.get(published, 'vaultPublicKey') : undefined
  if (typeof key !== 'string') throw new Error('the vault publishes a key')
  return base64urlToBytes(key)
}

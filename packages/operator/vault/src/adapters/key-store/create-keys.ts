import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { keyEncryptionKeyFile, parseGeneration, publicFile, signingKeyFile } from './key-files.ts'
import { readPublicSigningKeys, type PublicSigningKeys } from './signing-key.ts'

export type VaultPublicKeys = PublicSigningKeys

/** Makes what is missing in the folder, never replaces a key, and answers what others may know. */
export function createKeys(folder: string): VaultPublicKeys {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const signing = join(folder, signingKeyFile)
  if (!existsSync(signing)) writeKey(signing)
  if (!readdirSync(folder).some((name) => parseGeneration(name) !== undefined)) writeKey(join(folder, keyEncryptionKeyFile(1)))
  return publishKeys(folder)
}

/** Writes what others may know beside the keys, and answers it. */
export function publishKeys(folder: string): VaultPublicKeys {
  const keys = readPublicSigningKeys(folder)
  writeFileSync(join(folder, publicFile), `${JSON.stringify(keys)}\n`, { mode: 0o644 })
  return keys
}

function writeKey(path: string): void {
  writeFileSync(path, `${randomBytes(32).toString('base64url')}\n`, { mode: 0o600, flag: 'wx' })
}

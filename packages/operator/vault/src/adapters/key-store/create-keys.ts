import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { keyEncryptionKeyFile, publicFile, signingKeyFile } from './key-files.ts'
import { readPublicSigningKeys, type PublicSigningKeys } from './signing-key.ts'

export type VaultPublicKeys = PublicSigningKeys

/**
 * Makes the signing key if there is none, and answers what others may know. The first generation of
 * key-encryption keys is made with it, unless a token is to make it; the vault writes it to the second store at its start.
 */
export function createKeys(folder: string, withGeneration = true): VaultPublicKeys {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const signing = join(folder, signingKeyFile)
  if (!existsSync(signing)) {
    writeKey(signing)
    // Only with a new signing key: a folder that lost its generations gets none that opens nothing.
    if (withGeneration) writeKey(join(folder, keyEncryptionKeyFile(1)))
  }
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

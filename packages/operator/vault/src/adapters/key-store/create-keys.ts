import { createPrivateKey, createPublicKey, randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ed25519PrivateKeyHead, keyEncryptionKeyFile, parseGeneration, publicFile, signingKeyFile } from './key-files.ts'

export type VaultPublicKeys = { readonly vaultPublicKey: string }

/** Makes what is missing in the folder, never replaces a key, and answers what others may know. */
export function createKeys(folder: string): VaultPublicKeys {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const signing = join(folder, signingKeyFile)
  if (!existsSync(signing)) writeKey(signing)
  if (!readdirSync(folder).some((name) => parseGeneration(name) !== undefined)) writeKey(join(folder, keyEncryptionKeyFile(1)))
  const keys = { vaultPublicKey: derivePublicKey(Buffer.from(readFileSync(signing, 'utf8').trim(), 'base64url')) }
  writeFileSync(join(folder, publicFile), `${JSON.stringify(keys)}\n`, { mode: 0o644 })
  return keys
}

function writeKey(path: string): void {
  writeFileSync(path, `${randomBytes(32).toString('base64url')}\n`, { mode: 0o600, flag: 'wx' })
}

function derivePublicKey(seed: Buffer): string {
  const privateKey = createPrivateKey({ key: Buffer.concat([ed25519PrivateKeyHead, seed]), format: 'der', type: 'pkcs8' })
  return createPublicKey(privateKey).export({ format: 'der', type: 'spki' }).subarray(-32).toString('base64url')
}

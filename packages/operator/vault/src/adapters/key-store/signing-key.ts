import { createPrivateKey, createPublicKey, randomBytes } from 'node:crypto'
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { KeyProtection } from '../../ports.ts'
import { ed25519PrivateKeyHead, nextSigningKeyFile, signingKeyFile } from './key-files.ts'

/** `keyProtection` names how each key is kept where it was made; /healthz tells it of the keys in use. */
export type PublicSigningKeys = {
  readonly vaultPublicKey: string
  readonly nextVaultPublicKey?: string
  readonly keyProtection: { readonly signing: KeyProtection }
}

/** Makes the key that comes next, beside the one in use, so that issuers can certify it before the vault signs with it. */
export function prepareSigningKey(folder: string): void {
  const next = join(folder, nextSigningKeyFile)
  if (!existsSync(next)) writeFileSync(next, `${randomBytes(32).toString('base64url')}\n`, { mode: 0o600, flag: 'wx' })
}

/** The prepared key takes the place of the one in use, which is gone afterwards. The vault signs with it from its next start on. */
export function switchSigningKey(folder: string): void {
  const next = join(folder, nextSigningKeyFile)
  if (existsSync(next)) renameSync(next, join(folder, signingKeyFile))
}

/** What others may know: the key in use and, while one is prepared, the next. */
export function readPublicSigningKeys(folder: string): PublicSigningKeys {
  const next = join(folder, nextSigningKeyFile)
  return {
    vaultPublicKey: derivePublicKey(join(folder, signingKeyFile)),
    ...(existsSync(next) ? { nextVaultPublicKey: derivePublicKey(next) } : {}),
    keyProtection: { signing: 'file' },
  }
}

function derivePublicKey(file: string): string {
  const seed = Buffer.from(readFileSync(file, 'utf8').trim(), 'base64url')
  const privateKey = createPrivateKey({ key: Buffer.concat([ed25519PrivateKeyHead, seed]), format: 'der', type: 'pkcs8' })
  return createPublicKey(privateKey).export({ format: 'der', type: 'spki' }).subarray(-32).toString('base64url')
}

import { createPrivateKey, type KeyObject } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ConfigurationError } from '@symbolon/service/config'
import { ed25519PrivateKeyHead, signingKeyFile } from './key-files.ts'

/** vk_V's private half, as keygen.js made it. */
export function loadSigningKey(folder: string): KeyObject {
  const seed = Buffer.from(readFileSync(join(folder, signingKeyFile), 'utf8').trim(), 'base64url')
  if (seed.length !== 32) throw new ConfigurationError('a key file does not hold 32 bytes', '/keysFolder')
  const key = createPrivateKey({ key: Buffer.concat([ed25519PrivateKeyHead, seed]), format: 'der', type: 'pkcs8' })
  seed.fill(0)
  return key
}

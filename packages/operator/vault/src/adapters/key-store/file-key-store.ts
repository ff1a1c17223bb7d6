import { createPrivateKey, createSecretKey } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ConfigurationError } from '@symbolon/service/config'
import type { KeyStore } from '../../ports.ts'
import { ed25519PrivateKeyHead, keyEncryptionKeyFile, parseGeneration, signingKeyFile } from './key-files.ts'

/** Reads the keys that keygen.js made. The folder has to lie outside the database and its backups. */
export function createFileKeyStore(folder: string): KeyStore {
  return {
    load() {
      const generations = readdirSync(folder)
        .map(parseGeneration)
        .filter((generation) => generation !== undefined)
        .toSorted((left, right) => left - right)
      const newest = generations.at(-1)
      if (newest === undefined) throw new ConfigurationError('the keys folder holds no key-encryption key; run keygen.js', '/keysFolder')
      const seed = readKey(join(folder, signingKeyFile))
      const signingKey = createPrivateKey({ key: Buffer.concat([ed25519PrivateKeyHead, seed]), format: 'der', type: 'pkcs8' })
      seed.fill(0)
      const keyEncryptionKeys = new Map(
        generations.map((generation) => {
          const bytes = readKey(join(folder, keyEncryptionKeyFile(generation)))
          const key = createSecretKey(bytes)
          bytes.fill(0)
          return [generation, key]
        }),
      )
      return { signingKey, generation: newest, keyEncryptionKeys }
    },
  }
}

function readKey(path: string): Buffer {
  const key = Buffer.from(readFileSync(path, 'utf8').trim(), 'base64url')
  if (key.length !== 32) throw new ConfigurationError('a key file does not hold 32 bytes', '/keysFolder')
  return key
}

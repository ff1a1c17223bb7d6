import { createPrivateKey, createPublicKey, randomBytes, sign, type KeyObject } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openCard } from '@symbolon/custody/issuer'
import { base64urlToBytes, bytesToBase64url } from '@symbolon/formats/bytes'
import type { IssuerKeys } from '../flows/ports.ts'
import { openSealingKeys, publishSealingKeys, writeFirstSealingKey, type PublicSealingKey } from './sealing-keys.ts'

/** What the rest of the world learns of a front's keys: it goes into the directory that devices pin. The newest sealing key is first. */
export type PublicKeys = { readonly sealingKeys: readonly PublicSealingKey[]; readonly certificateKey: string }

/** An issuer's private keys. `vault` encrypts account numbers at rest, `lookup` finds the same account again without opening one. */
export type FrontKeys = IssuerKeys & {
  readonly publicKeys: PublicKeys
  readonly vault: Uint8Array
  readonly lookup: Uint8Array
}

const names = { certificate: 'certificate.key', vault: 'vault.key', lookup: 'lookup.key' } as const
// RFC 8410 section 7: PrivateKeyInfo of an Ed25519 key up to the 32 bytes of the key itself.
const ed25519Pkcs8Prefix = Buffer.from('302e020100300506032b657004220420', 'hex')

/** Creates what is missing in a folder (0700, files 0600) and answers the public part; running it again changes nothing. */
export async function createKeys(folder: string): Promise<PublicKeys> {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  writeFirstSealingKey(folder)
  for (const name of Object.values(names)) {
    const file = join(folder, name)
    if (!existsSync(file)) writeFileSync(file, `${bytesToBase64url(randomBytes(32))}\n`, { mode: 0o600, flag: 'wx' })
  }
  return publishKeys(folder)
}

/** Writes what others may know beside the keys, and answers it. */
export async function publishKeys(folder: string): Promise<PublicKeys> {
  const publicKeys = { sealingKeys: await publishSealingKeys(folder), certificateKey: exportPublicKey(readCertificateKey(folder)) }
  writeFileSync(join(folder, 'public.json'), `${JSON.stringify(publicKeys)}\n`)
  return publicKeys
}

export async function loadKeys(folder: string): Promise<FrontKeys> {
  const certificate = readCertificateKey(folder)
  const sealing = await openSealingKeys(folder)
  return {
    publicKeys: { sealingKeys: await publishSealingKeys(folder), certificateKey: exportPublicKey(certificate) },
    vault: readKey(folder, names.vault),
    lookup: readKey(folder, names.lookup),
    certify: (bytes) => new Uint8Array(sign(null, bytes, certificate)),
    holdsSealingKey: async (keyId) => (await sealing.find(keyId)) !== undefined,
    openSealed: async (keyId, binding, sealed) => {
      const key = await sealing.find(keyId)
      const opened = key === undefined ? undefined : await openCard(key.keyPair, binding, sealed)
      return opened?.ok === true ? opened.value : undefined
    },
  }
}

function readKey(folder: string, name: string): Uint8Array {
  return base64urlToBytes(readFileSync(join(folder, name), 'utf8').trim())
}

function readCertificateKey(folder: string): KeyObject {
  return createPrivateKey({ key: Buffer.concat([ed25519Pkcs8Prefix, readKey(folder, names.certificate)]), format: 'der', type: 'pkcs8' })
}

function exportPublicKey(privateKey: KeyObject): string {
  const { x } = createPublicKey(privateKey).export({ format: 'jwk' })
  return x ?? ''
}

import { createPrivateKey, createPublicKey, randomBytes, sign, type KeyObject } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { importSealingKey, openCard } from '@symbolon/custody/issuer'
import { base64urlToBytes, bytesToBase64url } from '@symbolon/formats/bytes'
import type { IssuerKeys } from '../flows/ports.ts'

/** What the rest of the world learns of a front's keys: it goes into the directory that devices pin. */
export type PublicKeys = { readonly sealingKey: { readonly keyId: string; readonly publicKey: string }; readonly certificateKey: string }

/** An issuer's private keys. `vault` encrypts account numbers at rest, `lookup` finds the same account again without opening one. */
export type FrontKeys = IssuerKeys & {
  readonly publicKeys: PublicKeys
  readonly vault: Uint8Array
  readonly lookup: Uint8Array
}

const names = { sealing: 'sealing.key', certificate: 'certificate.key', vault: 'vault.key', lookup: 'lookup.key' } as const
// RFC 8410 section 7: PrivateKeyInfo of an Ed25519 key up to the 32 bytes of the key itself.
const ed25519Pkcs8Prefix = Buffer.from('302e020100300506032b657004220420', 'hex')

/** Creates what is missing in a folder (0700, files 0600) and answers the public part; running it again changes nothing. */
export async function createKeys(folder: string): Promise<PublicKeys> {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  for (const name of Object.values(names)) {
    const file = join(folder, name)
    if (!existsSync(file)) writeFileSync(file, `${bytesToBase64url(randomBytes(32))}\n`, { mode: 0o600, flag: 'wx' })
  }
  const { publicKeys } = await loadKeys(folder)
  writeFileSync(join(folder, 'public.json'), `${JSON.stringify(publicKeys)}\n`)
  return publicKeys
}

export async function loadKeys(folder: string): Promise<FrontKeys> {
  const read = (name: string): Uint8Array => base64urlToBytes(readFileSync(join(folder, name), 'utf8').trim())
  const sealing = await importSealingKey(read(names.sealing))
  const certificate = createPrivateKey({
    key: Buffer.concat([ed25519Pkcs8Prefix, read(names.certificate)]),
    format: 'der',
    type: 'pkcs8',
  })
  return {
    publicKeys: {
      sealingKey: { keyId: sealing.keyId, publicKey: bytesToBase64url(sealing.publicKey) },
      certificateKey: exportPublicKey(certificate),
    },
    sealingKeyId: sealing.keyId,
    vault: read(names.vault),
    lookup: read(names.lookup),
    certify: (bytes) => new Uint8Array(sign(null, bytes, certificate)),
    openSealed: async (binding, sealed) => {
      const opened = await openCard(sealing.keyPair, binding, sealed)
      return opened.ok ? opened.value : undefined
    },
  }
}

function exportPublicKey(privateKey: KeyObject): string {
  const { x } = createPublicKey(privateKey).export({ format: 'jwk' })
  return x ?? ''
}

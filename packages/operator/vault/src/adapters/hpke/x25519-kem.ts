import { randomBytes } from 'node:crypto'
import { assert } from '@symbolon/formats/result'
import { I2OSP, LabeledExpand, LabeledExtract, type KDF, type KEM, type Key } from 'hpke'
import type { X25519 } from './x25519.ts'

const keySize = 32
const algorithm = { name: 'X25519' }
const ascii = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'ascii'))
const suiteId = new Uint8Array(Buffer.concat([ascii('KEM'), I2OSP(0x0020, 2)]))
const labels = { eaePrk: ascii('eae_prk'), sharedSecret: ascii('shared_secret'), dkpPrk: ascii('dkp_prk'), sk: ascii('sk') }
const empty = new Uint8Array()

/** A key behind the interface of hpke: its public bytes, which every use needs, and the secret ones where it is private. */
type KemKey = Key & { readonly publicBytes: Uint8Array; readonly secret: Uint8Array | undefined }

/** DHKEM(X25519, HKDF-SHA256) (RFC 9180 section 4.1). */
export function createX25519Kem(kdf: KDF, x25519: X25519): KEM<KemKey> {
  const pairOf = (secret: Uint8Array, extractable: boolean): { readonly privateKey: KemKey; readonly publicKey: KemKey } => {
    const publicBytes = x25519.derivePublicKey(secret)
    return { privateKey: { algorithm, extractable, type: 'private', secret, publicBytes }, publicKey: publicKeyOf(publicBytes) }
  }
  const generate = (extractable: boolean) => pairOf(new Uint8Array(randomBytes(keySize)), extractable)
  const share = async (agreed: Uint8Array, encapsulated: Uint8Array, recipient: Uint8Array): Promise<Uint8Array> => {
    const prk = await LabeledExtract(kdf, suiteId, empty, labels.eaePrk, agreed)
    agreed.fill(0)
    return LabeledExpand(kdf, suiteId, prk, labels.sharedSecret, Buffer.concat([encapsulated, recipient]), keySize)
  }
  return {
    id: 0x0020,
    type: 'KEM',
    name: 'DHKEM(X25519, HKDF-SHA256)',
    Nsecret: keySize,
    Nenc: keySize,
    Npk: keySize,
    Nsk: keySize,
    async DeriveKeyPair(seed, extractable) {
      const prk = await LabeledExtract(kdf, suiteId, empty, labels.dkpPrk, seed)
      return pairOf(await LabeledExpand(kdf, suiteId, prk, labels.sk, empty, keySize), extractable)
    },
    GenerateKeyPair: async (extractable) => generate(extractable),
    SerializePublicKey: async (key) => key.publicBytes.slice(),
    DeserializePublicKey: async (bytes) => publicKeyOf(bytes.slice()),
    SerializePrivateKey: async (key) => secretOf(key).slice(),
    DeserializePrivateKey: async (bytes, extractable) => pairOf(bytes.slice(), extractable).privateKey,
    async Encap(recipient) {
      const { privateKey, publicKey } = generate(false)
      const agreed = x25519.agree(secretOf(privateKey), recipient.publicBytes)
      return { shared_secret: await share(agreed, publicKey.publicBytes, recipient.publicBytes), enc: publicKey.publicBytes }
    },
    // A point of low order makes `agree` throw, as RFC 9180 section 7.1.4 asks.
    Decap: async (encapsulated, own) => share(x25519.agree(secretOf(own), encapsulated), encapsulated, own.publicBytes),
  }
}

function publicKeyOf(publicBytes: Uint8Array): KemKey {
  return { algorithm, extractable: true, type: 'public', secret: undefined, publicBytes }
}

function secretOf({ secret }: KemKey): Uint8Array {
  assert(secret !== undefined, 'a private key is used where one is needed')
  return secret
}

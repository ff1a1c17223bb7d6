import { readFileSync } from 'node:fs'
import { createOperatorPrimitives } from '@symbolon/custody/operator'
import { bytesToHex, hexToBytes as hex } from '@symbolon/formats/bytes'
import {
  CipherSuite,
  AEAD_AES_128_GCM,
  AEAD_AES_256_GCM,
  KDF_HKDF_SHA256,
  KEM_DHKEM_X25519_HKDF_SHA256,
  LabeledExpand,
  type Key,
} from 'hpke'
import { describe, expect, it } from 'vitest'
import { aes256Gcm, createNodeSuite, hkdfSha256 } from './node-suite.ts'
import { createX25519Kem } from './x25519-kem.ts'
import { chooseX25519, loadSodiumX25519, nodeX25519, rfc7748Vector } from './x25519.ts'

type Vector = Readonly<
  Record<
    'name' | 'recipientPrivateKey' | 'encapsulated' | 'info' | 'psk' | 'pskId' | 'aad' | 'ciphertext' | 'plaintext' | 'exporterSecret',
    string
  >
> & { readonly aead: 1 | 2 }
const file = new URL('../../../../../../testing/vectors/rfc9180/x25519.json', import.meta.url)
const { vectors } = JSON.parse(readFileSync(file, 'utf8')) as { readonly vectors: readonly Vector[] }
const sodium = await loadSodiumX25519()
const curves = [nodeX25519, sodium] as const
const randomBytes = (size: number): Uint8Array => crypto.getRandomValues(new Uint8Array(size))

describe.each(curves.map((curve) => [curve.name, curve] as const))('HPKE in the calling thread, X25519 of %s', (_, x25519) => {
  it.each(vectors)('RFC 9180: $name', async (vector) => {
    const suite = new CipherSuite(
      () => createX25519Kem(hkdfSha256, x25519),
      () => hkdfSha256,
      vector.aead === 1 ? AEAD_AES_128_GCM : () => aes256Gcm,
    )
    const own = await suite.DeserializePrivateKey(hex(vector.recipientPrivateKey))
    const preshared = vector.psk === '' ? {} : { psk: hex(vector.psk), pskId: hex(vector.pskId) }
    const context = await suite.SetupRecipient(own, hex(vector.encapsulated), { info: hex(vector.info), ...preshared })
    expect(bytesToHex(await context.Open(hex(vector.ciphertext), hex(vector.aad)))).toBe(vector.plaintext)
    const suiteId = Uint8Array.of(0x48, 0x50, 0x4b, 0x45, 0, 0x20, 0, 1, 0, vector.aead)
    const label = Buffer.from('symbolon')
    for (const size of [1, 32, 33, 1_056]) {
      const expected = LabeledExpand(KDF_HKDF_SHA256(), suiteId, hex(vector.exporterSecret), Buffer.from('sec'), label, size)
      expect(await context.Export(label, size)).toEqual(await expected)
    }
  })
  it('understands WebCrypto, and is understood', async () => {
    const { suite: own } = await createNodeSuite(async () => x25519)
    const other = new CipherSuite(KEM_DHKEM_X25519_HKDF_SHA256, KDF_HKDF_SHA256, AEAD_AES_256_GCM)
    const options = { info: hex('aa'), psk: new Uint8Array(32).fill(7), pskId: hex('bb') }
    await talk(own, other, options)
    await talk(other, own, options)
    await talk(own, own, options)
  })
  it('derives the same pair from a seed as WebCrypto', async () => {
    const seed = new Uint8Array(32).fill(5)
    const reference = new CipherSuite(KEM_DHKEM_X25519_HKDF_SHA256, KDF_HKDF_SHA256, AEAD_AES_128_GCM)
    const { suite } = await createNodeSuite(async () => x25519)
    const [ours, theirs] = [await suite.DeriveKeyPair(seed, true), await reference.DeriveKeyPair(seed, true)]
    expect(await suite.SerializePublicKey(ours.publicKey)).toEqual(await reference.SerializePublicKey(theirs.publicKey))
    expect(await suite.SerializePrivateKey(ours.privateKey)).toEqual(await reference.SerializePrivateKey(theirs.privateKey))
  })
  it('refuses a changed text, another tag and a text shorter than its tag', async () => {
    const key = new Uint8Array(32).fill(1)
    const nonce = new Uint8Array(12)
    const sealed = await aes256Gcm.Seal(key, nonce, hex('aa'), hex('0102'))
    expect(await aes256Gcm.Open(key, nonce, hex('aa'), sealed)).toEqual(hex('0102'))
    const flipped = sealed.map((byte, index) => (index === 0 ? byte ^ 1 : byte))
    await expect(aes256Gcm.Open(key, nonce, hex('aa'), flipped)).rejects.toThrow()
    await expect(aes256Gcm.Open(key, nonce, hex('ab'), sealed)).rejects.toThrow()
    await expect(aes256Gcm.Open(key, nonce, hex('aa'), sealed.subarray(0, 15))).rejects.toThrow(RangeError)
  })
  it('RFC 7748 section 6.1; a point of low order throws', () => {
    const { alice, bob, shared } = rfc7748Vector
    expect(x25519.derivePublicKey(alice.secret)).toEqual(alice.publicKey)
    expect(x25519.agree(bob.secret, alice.publicKey)).toEqual(shared)
    for (const first of [0, 1]) {
      const low = Uint8Array.from({ length: 32 }, (_byte, index) => (index === 0 ? first : 0))
      expect(() => x25519.agree(alice.secret, low)).toThrow()
    }
  })
})

describe('the choice of X25519', () => {
  it('is libsodium where it loads and computes well, OpenSSL otherwise', async () => {
    expect((await chooseX25519()).name).toBe('sodium-native')
    expect(await chooseX25519(() => Promise.reject(new Error('no add-on')))).toBe(nodeX25519)
    const broken = async () => ({ ...sodium, agree: (secret: Uint8Array) => secret })
    expect(await chooseX25519(broken)).toBe(nodeX25519)
    const { sealing } = (await createOperatorPrimitives(randomBytes, { suite: await createNodeSuite(async () => nodeX25519) })).backend
    expect(sealing).toBe('node')
  })
})

type Options = { readonly info: Uint8Array; readonly psk: Uint8Array; readonly pskId: Uint8Array }

/** One sealed word and one export, with the keys of two suites that need not have the same kind of key in memory. */
async function talk<Theirs extends Key, Ours extends Key>(
  sender: CipherSuite<Theirs>,
  recipient: CipherSuite<Ours>,
  options: Options,
): Promise<void> {
  const pair = await recipient.GenerateKeyPair()
  const publicKey = await sender.DeserializePublicKey(await recipient.SerializePublicKey(pair.publicKey))
  const { encapsulatedSecret, ctx } = await sender.SetupSender(publicKey, options)
  const sealed = await ctx.Seal(hex('0102'), hex('03'))
  const received = await recipient.SetupRecipient(pair, encapsulatedSecret, options)
  expect(new Uint8Array(await received.Open(sealed, hex('03')))).toEqual(hex('0102'))
  expect(new Uint8Array(await received.Export(hex('04'), 64))).toEqual(new Uint8Array(await ctx.Export(hex('04'), 64)))
}

import { sha256 } from '@noble/hashes/sha2.js'
import * as noble from '@panva/hpke-noble'
import { bytesToHex, hexToBytes } from '@symbolon/formats/bytes'
import { Bug } from '@symbolon/formats/result'
import {
  AEAD_AES_128_GCM,
  AEAD_AES_256_GCM,
  CipherSuite,
  KDF_HKDF_SHA256,
  KEM_DHKEM_X25519_HKDF_SHA256,
  LabeledExpand,
  NotSupportedError,
} from 'hpke'
import { describe, expect, it } from 'vitest'
import { createSealingKey, deriveSealingKeyId, importSealingKey, openCard, sealToIssuer } from './card-sealing.ts'
import { fill, seededBytes, value } from './fixtures/wallet.ts'
import { hpkeVectors, xwingVector } from './fixtures/vectors.ts'
import { choosePaymentSuite } from './payment-suite.ts'

const kems = { webcrypto: KEM_DHKEM_X25519_HKDF_SHA256, noble: noble.KEM_DHKEM_X25519_HKDF_SHA256 }
const aeads = { 1: AEAD_AES_128_GCM, 2: AEAD_AES_256_GCM }
const hex = (text: string): Uint8Array => hexToBytes(text)

describe.each(hpkeVectors)('RFC 9180: $name', (vector) => {
  it.each(Object.entries(kems))('opens and exports with X25519 of %s', async (_, kem) => {
    const suite = new CipherSuite(kem, noble.KDF_HKDF_SHA256, aeads[vector.aead])
    const privateKey = await suite.DeserializePrivateKey(hex(vector.recipientPrivateKey))
    const publicKey = await suite.DeserializePublicKey(hex(vector.recipientPublicKey))
    const preshared = vector.psk === '' ? {} : { psk: hex(vector.psk), pskId: hex(vector.pskId) }
    const context = await suite.SetupRecipient({ privateKey, publicKey }, hex(vector.encapsulated), {
      info: hex(vector.info),
      ...preshared,
    })
    expect(bytesToHex(await context.Open(hex(vector.ciphertext), hex(vector.aad)))).toBe(vector.plaintext)
    const suiteId = Uint8Array.of(0x48, 0x50, 0x4b, 0x45, 0, 0x20, 0, 1, 0, vector.aead)
    const label = Buffer.from('symbolon')
    expect(await context.Export(label, 48)).toEqual(
      await LabeledExpand(KDF_HKDF_SHA256(), suiteId, hex(vector.exporterSecret), Buffer.from('sec'), label, 48),
    )
  })
})

describe('X-Wing in HPKE', () => {
  it('opens and exports the published vector', async () => {
    const suite = new CipherSuite(noble.KEM_MLKEM768_X25519, KDF_HKDF_SHA256, noble.AEAD_ChaCha20Poly1305)
    const pair = await suite.DeriveKeyPair(hex(xwingVector.seed), true)
    expect(bytesToHex(await suite.SerializePublicKey(pair.publicKey))).toBe(xwingVector.recipientPublicKey)
    expect(bytesToHex(await suite.SerializePrivateKey(pair.privateKey))).toBe(xwingVector.recipientPrivateKey)
    const context = await suite.SetupRecipient(pair, hex(xwingVector.encapsulated), { info: hex(xwingVector.info) })
    for (const { aad, plaintext, ciphertext } of xwingVector.encryptions) {
      expect(bytesToHex(await context.Open(hex(ciphertext), hex(aad)))).toBe(plaintext)
    }
    for (const { context: label, size, value: exported } of xwingVector.exports) {
      expect(bytesToHex(await context.Export(hex(label), size))).toBe(exported)
    }
  })
})

describe('the payment suite', () => {
  it('is X25519, HKDF-SHA256, AES-256-GCM on WebCrypto', async () => {
    const { suite, sealing } = await choosePaymentSuite()
    expect([suite.KEM.id, suite.KDF.id, suite.AEAD.id, sealing]).toEqual([0x20, 1, 2, 'webcrypto'])
  })
  it('is the same suite on noble where WebCrypto has no X25519, and the two understand each other', async () => {
    const withoutX25519 = () => ({
      ...KEM_DHKEM_X25519_HKDF_SHA256(),
      GenerateKeyPair: () => Promise.reject(new NotSupportedError('X25519')),
    })
    const fallback = await choosePaymentSuite(withoutX25519)
    expect([fallback.suite.KEM.id, fallback.suite.KDF.id, fallback.suite.AEAD.id, fallback.sealing]).toEqual([0x20, 1, 2, 'noble'])
    const native = await choosePaymentSuite()
    const pair = await fallback.suite.GenerateKeyPair()
    const publicKey = await native.suite.DeserializePublicKey(await fallback.suite.SerializePublicKey(pair.publicKey))
    const { encapsulatedSecret, ciphertext } = await native.suite.Seal(publicKey, fill(1))
    expect(await fallback.suite.Open(pair, encapsulatedSecret, ciphertext)).toEqual(fill(1))
  })
  it('another failure is not taken for a missing algorithm', async () => {
    const broken = () => ({ ...KEM_DHKEM_X25519_HKDF_SHA256(), GenerateKeyPair: () => Promise.reject(new RangeError('broken')) })
    await expect(choosePaymentSuite(broken)).rejects.toThrow('broken')
  })
})

describe('card data to an issuer', () => {
  const binding = { issuerId: fill(1), issuerNonce: fill(2), walletId: fill(3) }
  const card = Buffer.from('{"card":"data"}')
  it('opens at the issuer with its stored seed', async () => {
    const { seed, publicKey } = await createSealingKey(seededBytes('issuer'))
    const key = await importSealingKey(seed)
    expect([seed.length, publicKey.length, key.publicKey]).toEqual([32, 1_216, publicKey])
    const sealed = value(await sealToIssuer(publicKey, binding, card))
    expect(sealed.encapsulatedSecret).toHaveLength(1_120)
    expect(Buffer.from(value(await openCard(key.keyPair, binding, sealed)))).toEqual(card)
  })
  it('does not open under another issuer, nonce, wallet or key, or with a changed byte', async () => {
    const [key, other] = await Promise.all(
      ['a', 'b'].map(async (seed) => importSealingKey((await createSealingKey(seededBytes(seed))).seed)),
    )
    if (key === undefined || other === undefined) throw new Error('two keys')
    const sealed = value(await sealToIssuer(key.publicKey, binding, card))
    const refused = { ok: false, problem: { code: 'CUSTODY_SEAL_INVALID' } }
    for (const name of ['issuerId', 'issuerNonce', 'walletId'] as const) {
      expect(await openCard(key.keyPair, { ...binding, [name]: fill(9) }, sealed)).toEqual(refused)
    }
    expect(await openCard(other.keyPair, binding, sealed)).toEqual(refused)
    const flip = (bytes: Uint8Array) => bytes.map((byte, index) => (index === 5 ? byte ^ 1 : byte))
    expect(await openCard(key.keyPair, binding, { ...sealed, ciphertext: flip(sealed.ciphertext) })).toEqual(refused)
    expect(await openCard(key.keyPair, binding, { ...sealed, encapsulatedSecret: flip(sealed.encapsulatedSecret) })).toEqual(refused)
    expect(await openCard(key.keyPair, binding, { ...sealed, encapsulatedSecret: new Uint8Array() })).toEqual(refused)
    expect(await sealToIssuer(fill(1, 1_215), binding, card)).toEqual(refused)
  })
  it('a key id is eight bytes of SHA-256, and a seed has one length', async () => {
    expect(deriveSealingKeyId(fill(1, 1_216))).toBe(bytesToHex(sha256(fill(1, 1_216))).slice(0, 16))
    await expect(importSealingKey(fill(1, 31))).rejects.toThrow(Bug)
  })
})

import { sha256 } from '@noble/hashes/sha2.js'
import { KEM_MLKEM768_X25519 } from '@panva/hpke-noble'
import { bytesToHex } from '@symbolon/formats/bytes'
import { assert, fail, ok, type Result } from '@symbolon/formats/result'
import { AEAD_AES_256_GCM, CipherSuite, KDF_HKDF_SHA256, type KeyPair } from 'hpke'
import { frames, type EnrolFields } from './messages.ts'
import type { RandomBytes } from './primitives.ts'
import type { CustodyProblem } from './problem.ts'

/** What travels to the issuer. */
export type SealedCard = { readonly encapsulatedSecret: Uint8Array; readonly ciphertext: Uint8Array }

// X-Wing, 0x647a/0x0001/0x0002: a card number recorded today must stay closed to a quantum computer. No WebCrypto has it yet.
const suite = new CipherSuite(KEM_MLKEM768_X25519, KDF_HKDF_SHA256, AEAD_AES_256_GCM)
const seedSize = 32

/** Seals card data to one issuer for one enrolment: HPKE base, info = frame(enrol; issuer, nonce, wallet), empty aad. */
export async function sealToIssuer(
  issuerSealingKey: Uint8Array,
  binding: EnrolFields,
  plaintext: Uint8Array,
): Promise<Result<SealedCard, CustodyProblem>> {
  try {
    const publicKey = await suite.DeserializePublicKey(issuerSealingKey)
    return ok(await suite.Seal(publicKey, plaintext, { info: frames.enrol.encode(binding) }))
  } catch {
    return fail({ code: 'CUSTODY_SEAL_INVALID' })
  }
}

/** Opens what a device sealed under this enrolment; another issuer, nonce or wallet does not open it. */
export async function openCard(keyPair: KeyPair, binding: EnrolFields, sealed: SealedCard): Promise<Result<Uint8Array, CustodyProblem>> {
  try {
    return ok(await suite.Open(keyPair, sealed.encapsulatedSecret, sealed.ciphertext, { info: frames.enrol.encode(binding) }))
  } catch {
    return fail({ code: 'CUSTODY_SEAL_INVALID' })
  }
}

/** A sealing key ready for use, with its public half and key id. */
export type SealingKey = { readonly keyPair: KeyPair; readonly publicKey: Uint8Array; readonly keyId: string }

/** A new sealing key: the seed, 32 uniformly random bytes, is what the issuer keeps. */
export async function createSealingKey(randomBytes: RandomBytes): Promise<{ readonly seed: Uint8Array; readonly publicKey: Uint8Array }> {
  const seed = randomBytes(seedSize)
  return { seed, publicKey: (await importSealingKey(seed)).publicKey }
}

/** Derives both halves of the key from its seed (DeriveKeyPair, RFC 9180 section 7.1.3). */
export async function importSealingKey(seed: Uint8Array): Promise<SealingKey> {
  assert(seed.length === seedSize, 'a sealing seed has 32 bytes')
  const keyPair = await suite.DeriveKeyPair(seed)
  const publicKey = await suite.SerializePublicKey(keyPair.publicKey)
  return { keyPair, publicKey, keyId: deriveSealingKeyId(publicKey) }
}

/** First eight bytes of SHA-256 of the public key, lower-case hex (docs/custody.md 10). */
export function deriveSealingKeyId(publicKey: Uint8Array): string {
  return bytesToHex(sha256(publicKey).slice(0, 8))
}

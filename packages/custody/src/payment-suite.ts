import { AEAD_AES_256_GCM, CipherSuite, KEM_DHKEM_X25519_HKDF_SHA256, NotSupportedError, type KEMFactory } from 'hpke'
import { KDF_HKDF_SHA256, KEM_DHKEM_X25519_HKDF_SHA256 as KEM_DHKEM_X25519_HKDF_SHA256_BY_NOBLE } from '@panva/hpke-noble'
import type { PaymentSuite } from './primitives.ts'

/** AES-256-GCM by the runtime's WebCrypto, which every supported runtime has. */
export const aead = AEAD_AES_256_GCM()

/**
 * The suite 0x0020/0x0001/0x0002 (RFC 9180): X25519 of the runtime's WebCrypto, which keeps private keys outside of JavaScript, or
 * noble's where the runtime has none. HKDF is noble's everywhere: a call needs some twenty short hashes, and each trip to WebCrypto
 * costs more than the hash: both sides of a call take some 40 % less CPU.
 */
export async function choosePaymentSuite(kem: KEMFactory = KEM_DHKEM_X25519_HKDF_SHA256): Promise<PaymentSuite> {
  const native = new CipherSuite(kem, KDF_HKDF_SHA256, AEAD_AES_256_GCM)
  try {
    await native.GenerateKeyPair()
    return { suite: native, aead, sealing: 'webcrypto' }
  } catch (cause) {
    if (!(cause instanceof NotSupportedError)) throw cause
    return { suite: new CipherSuite(KEM_DHKEM_X25519_HKDF_SHA256_BY_NOBLE, KDF_HKDF_SHA256, AEAD_AES_256_GCM), aead, sealing: 'noble' }
  }
}

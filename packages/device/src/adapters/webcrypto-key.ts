/** The algorithm of a device key of kind 0: ECDSA on P-256 with SHA-256, signature as r ‖ s (IEEE P1363). */
const algorithm = { name: 'ECDSA', namedCurve: 'P-256' } as const
const signing = { name: 'ECDSA', hash: 'SHA-256' } as const

/** Makes a key pair whose private half WebCrypto will not export. That is a software promise only (docs/custody.md 8). */
export async function generateDeviceKeyPair(): Promise<CryptoKeyPair> {
  return await crypto.subtle.generateKey(algorithm, false, ['sign', 'verify'])
}

export async function exportDevicePublicKey(pair: CryptoKeyPair): Promise<{ readonly kind: 0; readonly publicKeySpki: Uint8Array }> {
  return { kind: 0, publicKeySpki: new Uint8Array(await crypto.subtle.exportKey('spki', pair.publicKey)) }
}

export async function signWithDeviceKey(pair: CryptoKeyPair, message: Uint8Array): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.sign(signing, pair.privateKey, new Uint8Array(message)))
}

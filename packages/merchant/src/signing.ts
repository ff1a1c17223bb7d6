import { CompactSign, exportJWK, generateKeyPair, importJWK, type CryptoKey, type JWK } from 'jose'
import { Type } from 'typebox'
import { Value } from 'typebox/value'
import { paymentRequestType, type MerchantKeys, type PaymentRequest } from '@symbolon/contracts/payment-request'

export type PublicJwk = MerchantKeys['merchants'][number]['keys'][number]
export type SigningKey = { readonly kid: string; readonly privateKey: CryptoKey; readonly publicJwk: PublicJwk }

const PrivateJwk = Type.Object({
  kty: Type.Literal('OKP'),
  crv: Type.Literal('Ed25519'),
  kid: Type.String(),
  x: Type.String(),
  d: Type.String(),
})

/** Makes an Ed25519 signing key as a private JWK (RFC 8037). Keep it where only the merchant's server reads it. */
export async function createSigningKey(kid: string): Promise<JWK> {
  const { privateKey } = await generateKeyPair('Ed25519', { extractable: true })
  return { ...(await exportJWK(privateKey)), kid }
}

/** Reads a private JWK; throws on anything that is not an Ed25519 one with a key id. */
export async function parseSigningKey(jwk: unknown): Promise<SigningKey> {
  const { kty, crv, kid, x, d } = Value.Parse(PrivateJwk, jwk)
  const key = await importJWK({ kty, crv, x, d }, 'EdDSA')
  if (key instanceof Uint8Array) throw new TypeError('an Ed25519 key is asymmetric')
  return { kid, privateKey: key, publicJwk: { kid, kty, crv, x } }
}

/** Signs what the customer's device will show: compact JWS, `alg` EdDSA (RFC 7515, RFC 8037). */
export function signPaymentRequest(key: SigningKey, request: PaymentRequest): Promise<string> {
  return new CompactSign(new TextEncoder().encode(JSON.stringify(request)))
    .setProtectedHeader({ alg: 'EdDSA', kid: key.kid, typ: paymentRequestType })
    .sign(key.privateKey)
}

import { createHash, sign, type KeyObject } from 'node:crypto'
import { AEAD_AES_256_GCM, CipherSuite, KDF_HKDF_SHA256 } from 'hpke'
import { KEM_MLKEM768_X25519 } from '@panva/hpke-noble'

/** What a device does toward an issuer, written from the specification alone (docs/custody.md 2): no code of the wallet is used. */
export type PayFields = {
  readonly walletId: Uint8Array
  readonly tokenReferenceId: Uint8Array
  readonly slotHash: Uint8Array
  readonly paymentAttemptId: Uint8Array
  readonly merchantId: Uint8Array
  readonly requestHash: Uint8Array
  readonly amountMinorUnits: bigint
  readonly currencyNumeric: number
  readonly instalmentMonths: number
  readonly expiresAt: number
  readonly channel: number
}
export type BindFields = {
  readonly walletId: Uint8Array
  readonly slotHash: Uint8Array
  readonly paymentAttemptId: Uint8Array
  readonly walletKey: Uint8Array
  readonly deviceKey: Uint8Array
  readonly operatorId: Uint8Array
  readonly issuerNonce: Uint8Array
  readonly expiresAt: number
}

export function encodePay(pay: PayFields): Uint8Array {
  return frame('pay', [
    pay.walletId,
    pay.tokenReferenceId,
    pay.slotHash,
    pay.paymentAttemptId,
    pay.merchantId,
    pay.requestHash,
    integer(pay.amountMinorUnits, 8),
    integer(pay.currencyNumeric, 2),
    integer(pay.instalmentMonths, 1),
    integer(pay.expiresAt, 8),
    integer(pay.channel, 1),
  ])
}

export function encodeBind(bind: BindFields): Uint8Array {
  return frame('bind', [
    bind.walletId,
    bind.slotHash,
    bind.paymentAttemptId,
    bind.walletKey,
    bind.deviceKey,
    bind.operatorId,
    bind.issuerNonce,
    integer(bind.expiresAt, 8),
  ])
}

export function encodeRecord(record: Pick<BindFields, 'walletId' | 'slotHash' | 'paymentAttemptId' | 'expiresAt'>): Uint8Array {
  return frame('record', [record.walletId, record.slotHash, record.paymentAttemptId, integer(record.expiresAt, 8)])
}

/** HPKE base mode, X-Wing, info = frame(enrol; issuer, nonce, wallet). */
export async function sealCard(
  publicKey: Uint8Array,
  binding: { readonly issuerId: Uint8Array; readonly issuerNonce: Uint8Array; readonly walletId: Uint8Array },
  plaintext: Uint8Array,
): Promise<{ readonly encapsulatedSecret: Uint8Array; readonly ciphertext: Uint8Array }> {
  const suite = new CipherSuite(KEM_MLKEM768_X25519, KDF_HKDF_SHA256, AEAD_AES_256_GCM)
  const info = frame('enrol', [binding.issuerId, binding.issuerNonce, binding.walletId])
  return suite.Seal(await suite.DeserializePublicKey(publicKey), plaintext, { info })
}

function frame(name: string, fields: readonly Uint8Array[]): Uint8Array {
  const tag = Buffer.from(`symbolon/v1/${name}`, 'ascii')
  const parts = fields.flatMap((field) => [integer(field.length, 2), field])
  return new Uint8Array(Buffer.concat([integer(tag.length, 1), tag, integer(fields.length, 1), ...parts]))
}

function integer(value: number | bigint, size: number): Uint8Array {
  return new Uint8Array(
    Buffer.from(
      BigInt(value)
        .toString(16)
        .padStart(size * 2, '0'),
      'hex',
    ),
  )
}

/** What a passkey and its browser say; each member may be made wrong. */
export type PasskeyWords = {
  readonly host: string
  readonly flags: number
  readonly count: number
  readonly clientData: Readonly<Record<string, unknown>>
}

/** sig_hw of kind 1, written from WebAuthn Level 3 and docs/custody.md alone. `challengeFor` is what the authenticator was asked about. */
export function signAsPasskey(key: KeyObject, challengeFor: Uint8Array, words: PasskeyWords): Uint8Array {
  const challenge = sha256(frame('hw', [challengeFor])).toString('base64url')
  const tail = JSON.stringify(words.clientData).slice(1)
  const data = Buffer.concat([sha256(words.host), Buffer.of(words.flags), integer(words.count, 4)])
  const signed = Buffer.concat([data, sha256(`{"type":"webauthn.get","challenge":"${challenge}",${tail}`)])
  return frame('assertion', [data, Buffer.from(tail), sign(key.asymmetricKeyType === 'ec' ? 'sha256' : null, signed, key)])
}

function sha256(bytes: Uint8Array | string): Buffer {
  return createHash('sha256').update(bytes).digest()
}

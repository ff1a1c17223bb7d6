import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, hexToBytes } from '@symbolon/formats/bytes'
import { AEAD_AES_256_GCM, KDF_HKDF_SHA256, LabeledExpand } from 'hpke'
import { describe, expect, it } from 'vitest'
import { deriveEpochSecrets, deriveRecordPad, deriveResponseKey, hashTranscript } from './exchange.ts'
import { protocolVector as vector } from './fixtures/vectors.ts'
import { loadLibsodiumGroup } from './group/libsodium.ts'
import { nobleGroup } from './group/noble.ts'
import { loadSodiumNativeGroup } from './group/sodium-native.ts'
import { deriveMacKey, derivePresharedKey } from './hashes.ts'
import { parseSignable } from './messages.ts'
import { derivePinScalar } from './pin.ts'
import { encodeDeviceSignatureInput } from './signing.ts'

const message = hexToBytes(vector.m)
const signature = hexToBytes(vector.epoch.signature)
// RFC 9180 section 5.3: Export is one labelled expansion of the exporter secret, which the vector gives.
const suiteId = Uint8Array.of(0x48, 0x50, 0x4b, 0x45, 0, 0x20, 0, 1, 0, 2)
const context = {
  Export: (label: Uint8Array, size: number) =>
    LabeledExpand(KDF_HKDF_SHA256(), suiteId, hexToBytes(vector.epoch.exporterSecret), Buffer.from('sec'), label, size),
}
const session = { slotId: new Uint8Array(16), message, context, aead: AEAD_AES_256_GCM() }

describe.each([
  ['noble', async () => nobleGroup],
  ['libsodium', loadLibsodiumGroup],
  ['sodium-native', async () => loadSodiumNativeGroup(await loadLibsodiumGroup())],
])('worked values of the protocol on %s', (_, load) => {
  it('h of the PIN', async () => {
    const factor = {
      walletId: hexToBytes(vector.pin.walletId),
      salt: hexToBytes(vector.pin.salt),
      stretchedPin: hexToBytes(vector.pin.stretchedPin),
    }
    expect(bytesToHex(derivePinScalar({ group: await load() }, factor))).toBe(vector.pin.h)
  })
  it('the secrets of the next epoch', async () => {
    const secrets = await deriveEpochSecrets({ group: await load() }, session, signature)
    const { delta, key, epochId, recordKey } = vector.epoch
    expect(Object.fromEntries(Object.entries(secrets).map(([name, secret]) => [name, bytesToHex(secret)]))).toEqual({
      delta,
      key,
      epochId,
      recordKey,
    })
  })
})

describe('worked values of the protocol', () => {
  it('m, its hash, and the device signature input', () => {
    expect(message).toHaveLength(187)
    expect(bytesToHex(sha256(message))).toBe(vector.messageHash)
    expect(bytesToHex(sha256(encodeDeviceSignatureInput(message)))).toBe(vector.deviceSignatureInputHash)
    expect(parseSignable(message)).toMatchObject({ ok: true, value: { kind: 'pay', amountMinorUnits: 12_000n, currencyNumeric: 410 } })
  })
  it('the transcript, the response key and the record pad', async () => {
    expect(bytesToHex(hashTranscript(message, signature))).toBe(vector.epoch.transcriptHash)
    expect(bytesToHex(await deriveResponseKey(context))).toBe(vector.epoch.responseKey)
    const pad = await deriveRecordPad(session, signature)
    expect(pad).toHaveLength(1_056)
    expect(bytesToHex(sha256(pad))).toBe(vector.epoch.recordPadHash)
  })
  it('the keys of an epoch', () => {
    expect(bytesToHex(deriveMacKey(hexToBytes(vector.keys.epochKey)))).toBe(vector.keys.macKey)
    expect(bytesToHex(derivePresharedKey(hexToBytes(vector.keys.epochKey)))).toBe(vector.keys.presharedKey)
  })
})

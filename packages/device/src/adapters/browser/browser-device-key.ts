import { assert, fail, ok } from '@symbolon/formats/result'
import type { DeviceKey, DeviceKeyFacts } from '../../ports.ts'
import { exportDevicePublicKey, generateDeviceKeyPair, signWithDeviceKey } from '../webcrypto-key.ts'
import { deleteDeviceKeyRecord, loadDeviceKeyRecord, saveDeviceKeyRecord } from './key-database.ts'
import { createPasskey, hasPasskeySupport, signWithPasskey, type StoredPasskey } from './passkey.ts'

type Stored = { readonly kind: 0; readonly pair: CryptoKeyPair } | { readonly kind: 1; readonly passkey: StoredPasskey }

/**
 * The device key of a browser. Kind 0 is a P-256 key that WebCrypto does not export, in IndexedDB: Chromium on Linux stores it readable
 * on disk (docs/custody.md 8), so it is a software key, and a copied browser profile signs with it. Of a passkey only its name lies there.
 */
export function createBrowserDeviceKey(): DeviceKey {
  let loaded: Stored | undefined
  const load = async (): Promise<Stored | undefined> => (loaded ??= parseRecord(await loadDeviceKeyRecord()))
  return {
    isPasskeyAvailable: hasPasskeySupport,
    create: async (request) => {
      if (request.kind === 0) {
        const pair = await generateDeviceKeyPair()
        await saveDeviceKeyRecord(pair)
        loaded = { kind: 0, pair }
        return ok(await exportDevicePublicKey(pair))
      }
      const created = await createPasskey(request.walletId, request.salt)
      if (!created.ok) return created
      const { stored: passkey, ...facts } = created.value
      await saveDeviceKeyRecord(passkey)
      loaded = { kind: 1, passkey }
      return ok(facts)
    },
    find: async () => {
      const stored = await load()
      return stored === undefined ? undefined : await describe(stored)
    },
    forget: async () => {
      await deleteDeviceKeyRecord()
      loaded = undefined
    },
    sign: async (deviceSignatureInput, salts) => {
      const stored = await load()
      assert(stored !== undefined, 'the device key exists before it signs')
      if (stored.kind === 1) return await signWithPasskey(stored.passkey, deviceSignatureInput, salts)
      return salts === undefined
        ? ok({ kind: 0, signature: await signWithDeviceKey(stored.pair, deviceSignatureInput) })
        : fail({ code: 'WALLET_PASSKEY_UNSUPPORTED' })
    },
  }
}

async function describe(stored: Stored): Promise<DeviceKeyFacts> {
  if (stored.kind === 0) return await exportDevicePublicKey(stored.pair)
  const { publicKeySpki, registration } = stored.passkey
  return { kind: 1, publicKeySpki, ...(registration === undefined ? {} : { registration }) }
}

function parseRecord(record: unknown): Stored | undefined {
  if (isKeyPair(record)) return { kind: 0, pair: record }
  return isPasskey(record) ? { kind: 1, passkey: record } : undefined
}

function isKeyPair(value: unknown): value is CryptoKeyPair {
  if (typeof value !== 'object' || value === null || !('privateKey' in value) || !('publicKey' in value)) return false
  return value.privateKey instanceof CryptoKey && value.publicKey instanceof CryptoKey
}

function isPasskey(value: unknown): value is StoredPasskey {
  if (typeof value !== 'object' || value === null || !('credentialId' in value) || !('publicKeySpki' in value)) return false
  return value.credentialId instanceof Uint8Array && value.publicKeySpki instanceof Uint8Array
}

import { assert, Fault } from '@symbolon/formats/result'
import type { DeviceKey } from '../../ports.ts'
import { exportDevicePublicKey, generateDeviceKeyPair, signWithDeviceKey } from '../webcrypto-key.ts'

const databaseName = 'symbolon-device-key'
const storeName = 'keys'
const keyName = 'device'

/**
 * A P-256 key that WebCrypto does not export, in IndexedDB. Chromium on Linux stores it readable on disk (2-custody 1.10): it is a
 * software key, and a copied browser profile signs with it.
 */
export function createIndexedDbDeviceKey(): DeviceKey {
  let loaded: CryptoKeyPair | undefined
  const load = async (): Promise<CryptoKeyPair | undefined> => (loaded ??= await readPair())
  return {
    kind: 0,
    create: async () => {
      const pair = await generateDeviceKeyPair()
      await withStore('readwrite', (store) => store.put(pair, keyName))
      loaded = pair
      return await exportDevicePublicKey(pair)
    },
    find: async () => {
      const pair = await load()
      return pair === undefined ? undefined : await exportDevicePublicKey(pair)
    },
    sign: async (message) => {
      const pair = await load()
      assert(pair !== undefined, 'the device key exists before it signs')
      return await signWithDeviceKey(pair, message)
    },
  }
}

async function readPair(): Promise<CryptoKeyPair | undefined> {
  const found: unknown = await withStore('readonly', (store): IDBRequest<unknown> => store.get(keyName))
  return isKeyPair(found) ? found : undefined
}

function isKeyPair(value: unknown): value is CryptoKeyPair {
  if (typeof value !== 'object' || value === null || !('privateKey' in value) || !('publicKey' in value)) return false
  return value.privateKey instanceof CryptoKey && value.publicKey instanceof CryptoKey
}

async function withStore<Value>(mode: IDBTransactionMode, use: (store: IDBObjectStore) => IDBRequest<Value>): Promise<Value> {
  const database = await openDatabase()
  try {
    return await new Promise((resolve, reject) => {
      const transaction = database.transaction(storeName, mode)
      const request = use(transaction.objectStore(storeName))
      // The transaction's end, not the request's: only then is a new key on disk.
      transaction.addEventListener('complete', () => resolve(request.result))
      transaction.addEventListener('error', () => reject(keyFault(transaction.error)))
      transaction.addEventListener('abort', () => reject(keyFault(transaction.error)))
    })
  } finally {
    database.close()
  }
}

function openDatabase(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(databaseName, 1)
    request.addEventListener('upgradeneeded', () => request.result.createObjectStore(storeName))
    request.addEventListener('success', () => resolve(request.result))
    request.addEventListener('error', () => reject(keyFault(request.error)))
  })
}

function keyFault(cause: unknown): Fault {
  return new Fault('WALLET_STORAGE_FAULT', { retry: 'never', cause })
}

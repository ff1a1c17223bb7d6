import { Fault } from '@symbolon/formats/result'

const databaseName = 'symbolon-device-key'
const storeName = 'keys'
const keyName = 'device'

/** What the browser stores of the device key. Resolves when it is on disk. */
export async function saveDeviceKeyRecord(record: unknown): Promise<void> {
  await withStore('readwrite', (store) => store.put(record, keyName))
}

/** Nothing is stored of the device key any more. */
export async function deleteDeviceKeyRecord(): Promise<void> {
  await withStore('readwrite', (store) => store.delete(keyName))
}

/** What was stored last; undefined when there was nothing. */
export async function loadDeviceKeyRecord(): Promise<unknown> {
  return await withStore('readonly', (store): IDBRequest<unknown> => store.get(keyName))
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

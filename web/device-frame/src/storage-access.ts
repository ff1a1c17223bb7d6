/** Whether this page may keep a wallet: an embedded page in a browser that does not partition storage, or blocks it, may not. */
export async function hasStorage(): Promise<boolean> {
  try {
    await navigator.storage.getDirectory()
    // The device key lives in IndexedDB, whose refusal is thrown at the first use.
    await new Promise<void>((resolve, reject) => {
      const opening = indexedDB.open('symbolon-storage-access')
      opening.addEventListener('success', () => {
        opening.result.close()
        resolve()
      })
      opening.addEventListener('error', () => reject(new Error('no database')))
    })
    return true
  } catch {
    return false
  }
}

import type { QueuedSuspension, SuspensionKey, SuspensionStore } from '../flows/suspension-store.ts'

type Entry = QueuedSuspension & { attempts: number; isAcknowledged: boolean }

/** The store in memory, as durable as the object is alive. */
export function createMemorySuspensionStore(): SuspensionStore {
  const entries = new Map<string, Entry>()
  const nameOf = ({ walletId, tokenReferenceId }: SuspensionKey): string => `${walletId} ${tokenReferenceId}`
  return {
    queue: async (suspension) => {
      if (entries.has(nameOf(suspension))) return false
      entries.set(nameOf(suspension), { ...suspension, attempts: 0, isAcknowledged: false })
      return true
    },
    findState: async (key) => {
      const entry = entries.get(nameOf(key))
      if (entry === undefined) return undefined
      return entry.isAcknowledged ? 'acknowledged' : 'queued'
    },
    findOwed: async (issuerId) => {
      const [first] = [...entries.values()]
        .filter((entry) => entry.issuerId === issuerId && !entry.isAcknowledged)
        .toSorted((left, right) => (left.queueNumber < right.queueNumber ? -1 : 1))
      return first && { ...first }
    },
    countAttempt: async (key) => {
      const entry = entries.get(nameOf(key))
      if (entry !== undefined) entry.attempts += 1
    },
    settle: async (key) => {
      const entry = entries.get(nameOf(key))
      if (entry !== undefined) entry.isAcknowledged = true
    },
  }
}

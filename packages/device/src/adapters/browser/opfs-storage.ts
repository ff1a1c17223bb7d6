import { assert, fail, Fault, ok } from '@symbolon/formats/result'
import type { ByteFile, WalletStorage } from '../../ports.ts'
import type { NumberedAnswer, NumberedRequest, StorageAnswer, StorageFileName, StorageRequest } from './storage-protocol.ts'

// A page that was just reloaded waits for its predecessor's worker to be ended by the browser.
const acquireTries = 12
const acquireWaitMs = 150

/**
 * The wallet's files in the origin private file system, through a worker (`@symbolon/device/storage-worker`) that the page starts.
 * `persist` is asked for, so that the browser does not evict a wallet under disk pressure.
 */
export function createOpfsStorage(createWorker: () => Worker): WalletStorage {
  let ask: ((request: StorageRequest) => Promise<StorageAnswer>) | undefined
  return {
    acquire: async () => {
      ask ??= connect(createWorker())
      const asking = ask
      for (let count = 0; count < acquireTries; count += 1) {
        const answer = await asking({ kind: 'acquire' })
        if (answer.kind === 'failed') throw storageFault(answer.reason)
        if (answer.kind === 'in-use') {
          await wait(acquireWaitMs)
          continue
        }
        await navigator.storage.persist().catch(() => false)
        return ok({
          state: fileOf(asking, 'state'),
          records: fileOf(asking, 'records'),
          isPersistent: () => navigator.storage.persisted().catch(() => false),
          release: async () => {
            await asking({ kind: 'release' })
          },
        })
      }
      return fail({ code: 'WALLET_IN_USE' })
    },
  }
}

function fileOf(ask: (request: StorageRequest) => Promise<StorageAnswer>, file: StorageFileName): ByteFile {
  return {
    read: async (offset, size) => {
      const answer = await ask({ kind: 'read', file, offset, size })
      if (answer.kind === 'failed') throw storageFault(answer.reason)
      assert(answer.kind === 'bytes', 'a read answers bytes')
      return answer.bytes
    },
    write: async (offset, bytes) => {
      const answer = await ask({ kind: 'write', file, offset, bytes })
      if (answer.kind !== 'done') throw storageFault(answer.kind === 'failed' ? answer.reason : answer.kind)
    },
  }
}

function connect(worker: Worker): (request: StorageRequest) => Promise<StorageAnswer> {
  const { port1: port, port2 } = new MessageChannel()
  const waiting = new Map<number, (answer: StorageAnswer) => void>()
  let number = 0
  port.addEventListener('message', ({ data }: MessageEvent<NumberedAnswer>) => {
    waiting.get(data.number)?.(data.answer)
    waiting.delete(data.number)
  })
  port.start()
  worker.addEventListener('error', () => {
    for (const resolve of waiting.values()) resolve({ kind: 'failed', reason: 'worker' })
    waiting.clear()
  })
  worker.postMessage('serve', [port2])
  return (request) =>
    new Promise((resolve) => {
      number += 1
      waiting.set(number, resolve)
      const numbered: NumberedRequest = { number, request }
      port.postMessage(numbered)
    })
}

function storageFault(reason: string): Fault {
  return new Fault('WALLET_STORAGE_FAULT', { retry: 'never', cause: reason })
}

function wait(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds)
  })
}

import { recordPlaceSize } from '../../rules/record-half.ts'
import { recordSize } from '../../rules/record-pair.ts'
import { maximumCards } from '../../rules/wallet-content.ts'
import type { NumberedAnswer, NumberedRequest, StorageAnswer, StorageFileName, StorageRequest } from './storage-protocol.ts'

// The dom library of the compiler leaves out what only workers have (WHATWG File System, section 2.6).
type SyncAccessHandle = {
  read(buffer: Uint8Array, options: { readonly at: number }): number
  write(buffer: Uint8Array, options: { readonly at: number }): number
  truncate(size: number): void
  getSize(): number
  flush(): void
  close(): void
}
type SyncFileHandle = { createSyncAccessHandle(): Promise<SyncAccessHandle> }

const files: Readonly<Record<StorageFileName, { readonly path: string; readonly size: number }>> = {
  state: { path: 'symbolon-wallet-state', size: 2 * recordSize },
  records: { path: 'symbolon-card-records', size: maximumCards * recordPlaceSize },
}

const handles = new Map<StorageFileName, SyncAccessHandle>()

/**
 * The worker that holds the wallet's files: only a sync access handle writes in place and flushes (docs/custody.md 15), only workers have
 * one, and the browser gives it once for a file, which makes all tabs one device.
 */
addEventListener('message', (event: MessageEvent<unknown>) => {
  const [port] = event.ports
  if (port === undefined) return
  // One request after another: a write is flushed before the next read begins.
  let queue = Promise.resolve()
  port.addEventListener('message', ({ data }: MessageEvent<NumberedRequest>) => {
    queue = queue.then(async () => {
      const numbered: NumberedAnswer = { number: data.number, answer: await answer(data.request) }
      port.postMessage(numbered)
    })
  })
  port.start()
})

async function answer(request: StorageRequest): Promise<StorageAnswer> {
  try {
    switch (request.kind) {
      case 'acquire':
        return await acquire()
      case 'read': {
        const bytes = new Uint8Array(request.size)
        handleOf(request.file).read(bytes, { at: request.offset })
        return { kind: 'bytes', bytes }
      }
      case 'write':
        handleOf(request.file).write(request.bytes, { at: request.offset })
        handleOf(request.file).flush()
        return { kind: 'done' }
      case 'release':
        release()
        return { kind: 'done' }
    }
  } catch (cause) {
    return { kind: 'failed', reason: cause instanceof Error ? cause.name : 'unknown' }
  }
}

async function acquire(): Promise<StorageAnswer> {
  // Held by this very page: asking the browser again would fail, and clearing up after that would close what is held.
  if (handles.size > 0) return { kind: 'in-use' }
  const folder = await navigator.storage.getDirectory()
  try {
    for (const name of ['state', 'records'] as const) {
      const { path, size } = files[name]
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the member exists in every worker
      const file = (await folder.getFileHandle(path, { create: true })) as unknown as SyncFileHandle
      const handle = await file.createSyncAccessHandle()
      handles.set(name, handle)
      // Fixed once and for ever: a file that grows later is copied by some browsers, and copies keep old secrets.
      if (handle.getSize() < size) handle.truncate(size)
      handle.flush()
    }
    return { kind: 'done' }
  } catch (cause) {
    release()
    if (cause instanceof Error && cause.name === 'NoModificationAllowedError') return { kind: 'in-use' }
    throw cause
  }
}

function release(): void {
  for (const handle of handles.values()) handle.close()
  handles.clear()
}

function handleOf(file: StorageFileName): SyncAccessHandle {
  const handle = handles.get(file)
  if (handle === undefined) throw new Error('the storage is not held')
  return handle
}

import { closeSync, openSync, readFileSync, readSync } from 'node:fs'
import type { Place, Sink } from './place.ts'

const chunkBytes = 1 << 20

/** All writable mappings of a process, read through /proc (Linux). The process may run or be stopped meanwhile. */
export function createMemoryPlace(name: string, pid: number, plantMarker: Place['plantMarker']): Place {
  // A process that has gone is a rejection, so that who expects it can tell it from one that cannot be read.
  return { name, plantMarker, read: async (sink) => readMemory(pid, sink) }
}

function readMemory(pid: number, sink: Sink): void {
  const maps = readFileSync(`/proc/${String(pid)}/maps`, 'utf8')
  const memory = openSync(`/proc/${String(pid)}/mem`, 'r')
  const buffer = Buffer.alloc(chunkBytes)
  let readBytes = 0
  try {
    for (const line of maps.split('\n')) {
      const [, from, to] = /^([0-9a-f]+)-([0-9a-f]+) .w/u.exec(line) ?? []
      if (from === undefined || to === undefined) continue
      readBytes += readMapping({ memory, buffer, from: Number.parseInt(from, 16), to: Number.parseInt(to, 16) }, sink)
      sink.endRun()
    }
  } finally {
    closeSync(memory)
  }
  if (readBytes === 0) throw new Error('no memory of the process could be read')
}

type Mapping = { readonly memory: number; readonly buffer: Buffer; readonly from: number; readonly to: number }

function readMapping({ memory, buffer, from, to }: Mapping, sink: Sink): number {
  let total = 0
  for (let address = from; address < to; address += chunkBytes) {
    const size = Math.min(chunkBytes, to - address)
    try {
      const count = readSync(memory, buffer, 0, size, address)
      total += count
      // A page of zeros holds nothing; most of a heap's reserve is that.
      if (!isZero(buffer, count)) sink.feed(buffer.subarray(0, count))
      else sink.endRun()
    } catch {
      // A mapping may go, or be a device ([vvar]), between listing and reading; what stays unread is not counted.
      sink.endRun()
    }
  }
  return total
}

function isZero(buffer: Buffer, count: number): boolean {
  return count % 8 === 0 && new BigUint64Array(buffer.buffer, buffer.byteOffset, count / 8).every((word) => word === 0n)
}

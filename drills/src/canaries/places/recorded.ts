import type { Place } from './place.ts'

/** Bytes that were recorded on their way: a wire, the answers of a server, what a page could see. */
export type Recording = { readonly place: Place; record(bytes: Uint8Array): void }

/** The limit is explicit: a recording that outgrows it fails its place instead of forgetting its beginning. */
export const maximumRecordedBytes = 512 * 1024 * 1024

export function createRecording(name: string, plantMarker: Place['plantMarker']): Recording {
  const runs: Uint8Array[] = []
  let total = 0
  return {
    record: (bytes) => {
      total += bytes.length
      if (total <= maximumRecordedBytes) runs.push(Uint8Array.from(bytes))
    },
    place: {
      name,
      plantMarker,
      read: (sink) => {
        if (total > maximumRecordedBytes) return Promise.reject(new Error('the recording is larger than its limit'))
        for (const bytes of runs) sink.feed(bytes)
        sink.endRun()
        return Promise.resolve()
      },
    },
  }
}

import { closeSync, openSync, readdirSync, readSync } from 'node:fs'
import { join } from 'node:path'
import type { Place, Sink } from './place.ts'

const chunkBytes = 1 << 20

export type FilesPlaceOptions = {
  readonly name: string
  readonly folder: string
  /** Paths below the folder that belong to the place. */
  readonly includes: (path: string) => boolean
  readonly plantMarker: Place['plantMarker']
}

/** Every byte of the files below a folder, as they lie on disk. */
export function createFilesPlace({ name, folder, includes, plantMarker }: FilesPlaceOptions): Place {
  return {
    name,
    plantMarker,
    read: (sink) => {
      for (const path of listFiles(folder).filter((file) => includes(file.slice(folder.length)))) readFile(path, sink)
      return Promise.resolve()
    },
  }
}

export function readFile(path: string, sink: Sink): void {
  const file = openSync(path, 'r')
  const buffer = Buffer.alloc(chunkBytes)
  try {
    for (let count = readSync(file, buffer); count > 0; count = readSync(file, buffer)) sink.feed(buffer.subarray(0, count))
  } finally {
    closeSync(file)
    sink.endRun()
  }
}

function listFiles(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (entry.isDirectory()) return listFiles(join(folder, entry.name))
    return entry.isFile() ? [join(folder, entry.name)] : []
  })
}

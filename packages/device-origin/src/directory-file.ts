import { createHash } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { Directory } from '@symbolon/contracts/directory'
import { ConfigurationError } from '@symbolon/service/config'
import { Value } from 'typebox/value'

/** The directory as it is served: its bytes, and the SHA-256 by which two servings are compared. */
export type ServedDirectory = { readonly directory: Directory; readonly body: string; readonly hash: string }

/**
 * Reads the directory file and follows it: a file that was replaced is served from the next request on, so that keys are exchanged
 * without a restart. One that cannot be read or has another form is not taken; the last good one stays.
 */
export function openDirectoryFile(file: string, onRefused: () => void): () => ServedDirectory {
  const first = read(file)
  if (first === undefined) throw new ConfigurationError('the directory does not have the documented form', '/directoryFile')
  let served = first
  let stamp = stampOf(file)
  return () => {
    const current = stampOf(file)
    if (current === stamp) return served
    stamp = current
    const next = read(file)
    if (next === undefined) onRefused()
    else served = next
    return served
  }
}

function read(file: string): ServedDirectory | undefined {
  try {
    const directory: unknown = JSON.parse(readFileSync(file, 'utf8'))
    if (!Value.Check(Directory, directory)) return undefined
    const body = JSON.stringify(directory)
    return { directory, body, hash: createHash('sha256').update(body).digest('hex') }
  } catch {
    return undefined
  }
}

function stampOf(file: string): string {
  try {
    const { mtimeMs, ino, size } = statSync(file)
    return `${mtimeMs} ${ino} ${size}`
  } catch {
    return 'gone'
  }
}

import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@symbolon/formats/bytes'

/**
 * The manifest of the built device frame, served beside its files: one line a file, `SHA-256 in hex, two spaces, path`, sorted by
 * path byte by byte, as `sha256sum` writes and reads it. The hash of the bundle is the SHA-256 of this text. The directory of issuers
 * is no part of it: it has a file and a hash of its own.
 */
export const bundleManifestPath = 'bundle.sha256'
export type BundleEntry = { readonly path: string; readonly hash: string }

const maximumFiles = 500
// No part of a path begins with a dot: none climbs, and hidden files are not served.
const linePattern = /^([0-9a-f]{64}) {2}([A-Za-z0-9_-][A-Za-z0-9_.-]{0,99}(?:\/[A-Za-z0-9_-][A-Za-z0-9_.-]{0,99}){0,5})$/u

/** Writes the manifest of files in any order. */
export function writeBundleManifest(entries: readonly BundleEntry[]): string {
  const sorted = entries.toSorted((left, right) => (left.path < right.path ? -1 : 1))
  return sorted.map(({ path, hash }) => `${hash}  ${path}\n`).join('')
}

/** Reads a manifest strictly: sorted, no path twice, none that climbs; undefined for anything else. */
export function parseBundleManifest(text: string): readonly BundleEntry[] | undefined {
  const lines = text.split('\n')
  if (lines.pop() !== '' || lines.length === 0 || lines.length > maximumFiles) return undefined
  const entries: BundleEntry[] = []
  for (const line of lines) {
    const [, hash, path] = linePattern.exec(line) ?? []
    if (hash === undefined || path === undefined) return undefined
    const last = entries.at(-1)
    if (last !== undefined && !(last.path < path)) return undefined
    entries.push({ path, hash })
  }
  return entries
}

/** The hash by which a bundle is named everywhere. */
export function deriveBundleHash(manifest: string): string {
  return bytesToHex(sha256(utf8ToBytes(manifest)))
}

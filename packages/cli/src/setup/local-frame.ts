import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { bundleManifestPath, deriveBundleHash, parseBundleManifest, type BundleEntry } from '@symbolon/contracts/frame-bundle'
import { Fault } from '@symbolon/formats/result'

export type LocalFrame = { readonly hash: string; readonly entries: readonly BundleEntry[] }

/** The frame as it was built here: every file is what the manifest says, and the manifest's hash names it. */
export function readLocalFrame(folder: string): LocalFrame {
  const file = join(folder, bundleManifestPath)
  if (!existsSync(file)) throw new Fault('PROGRAM_NOT_BUILT', { retry: 'never', cause: file })
  const manifest = readFileSync(file, 'utf8')
  const entries = parseBundleManifest(manifest)
  const isWhole = entries?.every(({ path, hash }) => hashOf(join(folder, path)) === hash) === true
  if (entries === undefined || !isWhole) throw new Fault('FRAME_ALTERED', { retry: 'never', cause: folder })
  return { hash: deriveBundleHash(manifest), entries }
}

function hashOf(file: string): string | undefined {
  return existsSync(file) ? createHash('sha256').update(readFileSync(file)).digest('hex') : undefined
}

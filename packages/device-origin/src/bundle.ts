import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { bundleManifestPath, parseBundleManifest } from '@symbolon/contracts/frame-bundle'
import { ConfigurationError } from '@symbolon/service/config'

/** The built frame, checked file by file against its manifest. `inlineScripts`: what its policy has to allow beside its own files. */
export type Bundle = { readonly hash: string; readonly inlineScripts: readonly string[] }

/** Reads the manifest of a built frame and every file that it names; a folder that differs from it is not served. */
export function readBundle(webRoot: string): Bundle {
  const manifestFile = join(webRoot, bundleManifestPath)
  if (!existsSync(manifestFile)) throw new ConfigurationError('the frame is not built: its manifest is missing', '/webRoot')
  const text = readFileSync(manifestFile, 'utf8')
  const entries = parseBundleManifest(text)
  if (entries === undefined) throw new ConfigurationError('the manifest of the frame does not have the documented form', '/webRoot')
  for (const { path, hash } of entries) {
    const file = join(webRoot, path)
    if (!existsSync(file) || sha256(readFileSync(file)) !== hash)
      throw new ConfigurationError('a file of the frame differs from its manifest; build it again', '/webRoot')
  }
  const page = readFileSync(join(webRoot, 'index.html'), 'utf8')
  return { hash: sha256(text), inlineScripts: listInlineScripts(page) }
}

/** The import map is the one script inside the page; it is allowed by its hash and by nothing else. */
function listInlineScripts(page: string): readonly string[] {
  return [...page.matchAll(/<script type="importmap">([^<]*)<\/script>/gu)].map(
    ([, body = '']) => `'sha256-${createHash('sha256').update(body).digest('base64')}'`,
  )
}

function sha256(bytes: Buffer | string): string {
  return createHash('sha256').update(bytes).digest('hex')
}

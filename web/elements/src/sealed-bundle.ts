import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Plugin } from 'vite'

const manifestName = 'bundle.sha256'

/**
 * Seals a built page: its HTML names every script and style sheet by hash (Subresource Integrity; an import map for scripts that
 * scripts load), and a manifest names every file, in the form that `sha256sum --check` reads. The hash of the manifest names the bundle.
 */
export function sealedBundle(): Plugin {
  let folder = ''
  return {
    name: 'symbolon-sealed-bundle',
    apply: 'build',
    configResolved(config) {
      folder = join(config.root, config.build.outDir)
    },
    closeBundle: {
      order: 'post',
      sequential: true,
      handler() {
        const page = join(folder, 'index.html')
        writeFileSync(page, pinScripts(readFileSync(page, 'utf8'), folder))
        writeFileSync(join(folder, manifestName), writeManifest(folder))
      },
    },
  }
}

/** Puts an integrity attribute on every own script and style sheet of the page, and an import map with the hashes of the rest. */
export function pinScripts(page: string, folder: string): string {
  const hashOf = (url: string): string =>
    `sha384-${createHash('sha384')
      .update(readFileSync(join(folder, url)))
      .digest('base64')}`
  const scripts = listFiles(folder).filter((path) => path.endsWith('.js'))
  const integrity = Object.fromEntries(scripts.map((path) => [`/${path}`, hashOf(path)]))
  const pinned = page.replaceAll(
    /<(?:script|link)\b[^>]*? (?:src|href)="(\/[^"]+\.(?:js|css))"[^>]*>/gu,
    (tag: string, url: string) => `${tag.slice(0, -1)} integrity="${hashOf(url)}">`,
  )
  // An import map has to stand before the first script that it speaks of.
  return pinned.replace(/<script\b/u, `<script type="importmap">${JSON.stringify({ integrity })}</script>\n    <script`)
}

/** One line a file, sorted by path: hash, two spaces, path. */
export function writeManifest(folder: string): string {
  const paths = listFiles(folder).filter((path) => path !== manifestName)
  const lines = paths.map(
    (path) =>
      `${createHash('sha256')
        .update(readFileSync(join(folder, path)))
        .digest('hex')}  ${path}\n`,
  )
  return lines.join('')
}

function listFiles(folder: string, below = ''): string[] {
  return (
    readdirSync(join(folder, below), { withFileTypes: true })
      // What the compiler keeps for itself is not served.
      .filter(({ name }) => !name.startsWith('.'))
      .flatMap((entry) => (entry.isDirectory() ? listFiles(folder, `${below}${entry.name}/`) : [`${below}${entry.name}`]))
      .sort((left, right) => (left < right ? -1 : 1))
  )
}

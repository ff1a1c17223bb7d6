import type {} from '@fastify/swagger'
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { extname, join, relative, sep } from 'node:path'
import type { FastifyInstance } from 'fastify'

export type StaticSite = {
  readonly directory: string
  /** Headers of every answer: Content-Security-Policy first of all. */
  readonly headers: Readonly<Record<string, string>>
  /** Text placed into every HTML file instead of a marker, before it is hashed: pinned configuration, never secrets. */
  readonly replace?: Readonly<Record<string, string>>
}

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
  '.txt': 'text/plain; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
}

/** Serves the files of a folder, read once at start, and answers the SHA-256 over all of them (path, length, bytes) in order. */
export function registerStaticSite(app: FastifyInstance, site: StaticSite): { readonly bundleHash: string } {
  const whole = createHash('sha256')
  for (const path of listFiles(site.directory)) {
    const url = `/${relative(site.directory, path).split(sep).join('/')}`
    const body = applyReplacements(readFileSync(path), url, site.replace ?? {})
    whole.update(`${url}\n${body.length}\n`).update(body)
    const headers = {
      ...site.headers,
      'content-type': contentTypes[extname(url)] ?? 'application/octet-stream',
      'x-content-type-options': 'nosniff',
      'cache-control': url.includes('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
    }
    const urls = url.endsWith('/index.html') ? [url, url.slice(0, -'index.html'.length)] : [url]
    for (const address of urls) app.get(address, { schema: { hide: true } }, (_request, reply) => reply.headers(headers).send(body))
  }
  return { bundleHash: whole.digest('hex') }
}

function listFiles(directory: string): readonly string[] {
  return readdirSync(directory, { withFileTypes: true })
    .filter(({ name }) => !name.startsWith('.'))
    .flatMap((entry) => (entry.isDirectory() ? listFiles(join(directory, entry.name)) : [join(directory, entry.name)]))
    .toSorted((left, right) => left.localeCompare(right))
}

function applyReplacements(body: Buffer, url: string, replacements: Readonly<Record<string, string>>): Buffer {
  if (!url.endsWith('.html')) return body
  return Buffer.from(
    Object.entries(replacements).reduce((text, [marker, value]) => text.replaceAll(marker, () => value), body.toString('utf8')),
  )
}

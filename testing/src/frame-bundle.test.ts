import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Directory } from '@symbolon/contracts/directory'
import { bundleManifestPath, deriveBundleHash, parseBundleManifest, writeBundleManifest } from '@symbolon/contracts/frame-bundle'
import { launchChromium, type LaunchedChromium } from './chromium.ts'
import { startDeviceOrigin, type DeviceOrigin } from './device-origin.ts'
import { checkout, makeTestHome, runCli } from './installation.ts'
import { serveFolder, type SmallServer } from './static-pages.ts'

const run = promisify(execFile)
const ownBuild = join(checkout, 'web/device-frame/dist')
const manifest = readFileSync(join(ownBuild, bundleManifestPath), 'utf8')
const ownHash = deriveBundleHash(manifest)

const scratch = mkdtempSync(join(tmpdir(), 'symbolon-bundle-'))
let home: string
let attacker: Attacker
let honest: DeviceOrigin
let chat: SmallServer
/** The same page, deployed for the attacker's address. */
let deceivedChat: SmallServer
let launched: LaunchedChromium
beforeAll(async () => {
  home = makeTestHome()
  const chatRoot = join(checkout, 'web/chat/dist')
  ;[launched, attacker, chat, deceivedChat] = await Promise.all([
    launchChromium(),
    startAttacker(),
    serveFolder(chatRoot, {}),
    serveFolder(chatRoot, {}),
  ])
  honest = await startDeviceOrigin(`http://127.0.0.1:${chat.port}`)
  configure(chat, honest.origin)
  configure(deceivedChat, attacker.origin)
})
afterAll(async () => {
  await launched.browser.close()
  honest.stop()
  await Promise.all([chat.close(), deceivedChat.close(), attacker.close()])
  for (const folder of [home, scratch]) rmSync(folder, { recursive: true, force: true })
})

describe('the bundle of the device frame', () => {
  it('is the same, byte for byte, from two builds in two folders', async () => {
    const builds = await Promise.all(['one', 'deep/in/another/folder'].map((name) => buildIn(join(scratch, name))))
    const [first, second] = builds.map((folder) => readAll(folder))
    expect([...(first?.keys() ?? [])]).toEqual([...(second?.keys() ?? [])])
    for (const [path, bytes] of first ?? []) expect(second?.get(path)?.equals(bytes), path).toBe(true)
    expect(deriveBundleHash(first?.get(bundleManifestPath)?.toString() ?? '')).toBe(ownHash)
  })

  it('is listed whole in a manifest that sha256sum reads', async () => {
    const { stdout } = await run('sha256sum', ['--check', '--strict', bundleManifestPath], { cwd: ownBuild })
    const listed = parseBundleManifest(manifest)?.map(({ path }) => path) ?? []
    expect(stdout.split('\n').filter((line) => line.endsWith(': OK'))).toHaveLength(listed.length)
    expect([...readAll(ownBuild).keys()].filter((path) => path !== bundleManifestPath)).toEqual(listed)
    expect(writeBundleManifest(parseBundleManifest(manifest) ?? [])).toBe(manifest)
  })

  it('names each of its scripts and style sheets by hash in its page', () => {
    const page = readFileSync(join(ownBuild, 'index.html'), 'utf8')
    const tags = page.match(/<(?:script|link)[^>]*\.(?:js|css)"[^>]*>/gu) ?? []
    expect(tags.length).toBeGreaterThan(1)
    for (const tag of tags) expect(tag).toMatch(/ integrity="sha384-[A-Za-z0-9+/]{64}"/u)
    const map = /<script type="importmap">([^<]*)<\/script>/u.exec(page)?.[1] ?? '{}'
    const scripts = (parseBundleManifest(manifest) ?? []).map(({ path }) => `/${path}`).filter((path) => path.endsWith('.js'))
    const { integrity }: { readonly integrity: Readonly<Record<string, string>> } = JSON.parse(map)
    expect(Object.keys(integrity)).toEqual(scripts)
  })
})

describe('somebody who looks at a served frame from outside', () => {
  it('finds the own build at an honest origin', async () => {
    const { code, report } = await verify(honest.origin)
    expect(report).toMatchObject({ result: 'same', bundleHash: ownHash, findings: [] })
    expect(code).toBe(0)
  })

  it('finds that it is not the bundle of another hash', async () => {
    const { code, report } = await verify(honest.origin, '--hash', 'ab'.repeat(32))
    expect([code, report['result']]).toEqual([5, 'altered'])
  })

  it.each<[string, Alteration, string]>([
    ['a script', 'script', 'is not what the manifest says'],
    ['the page', 'page', 'index.html is not what the manifest says'],
    ['a script, with a manifest that fits', 'script-and-manifest', 'the manifest is another one'],
    ['the policy', 'policy', 'foreign scripts'],
  ])('finds %s exchanged', async (_, alteration, words) => {
    attacker.alter(alteration)
    const { code, report } = await verify(attacker.origin)
    expect(JSON.stringify(report['findings'])).toContain(words)
    expect([code, report['result']]).toEqual([5, 'altered'])
  })

  it('says when nobody is there', async () => {
    const { code } = await verify('http://127.0.0.1:9')
    expect(code).toBe(4)
  })
})

describe('the chat page', () => {
  const openChat = async (server: SmallServer) => {
    const context = await launched.browser.newContext({ locale: 'en' })
    const page = await context.newPage()
    page.setDefaultTimeout(10_000)
    await page.goto(`http://127.0.0.1:${server.port}/?lang=en`)
    return { page, context }
  }

  it('embeds the frame that it was deployed with', async () => {
    const { page, context } = await openChat(chat)
    await page.locator('[data-name=create-wallet]').waitFor()
    await context.close()
  })

  it.each<Alteration>(['script', 'page', 'script-and-manifest'])('embeds nothing when somebody exchanged: %s', async (alteration) => {
    attacker.alter(alteration)
    const { page, context } = await openChat(deceivedChat)
    await page.getByText('it was not opened').waitFor()
    expect(await page.locator('iframe').getAttribute('src')).toBeNull()
    expect(attacker.navigations()).toBe(0)
    await context.close()
  })

  it('does not catch an origin that shows it one frame and the browser another: stated, not solved', async () => {
    attacker.alter('only-when-embedded')
    const { page, context } = await openChat(deceivedChat)
    await page.frameLocator('iframe').getByText('another page').waitFor({ state: 'attached' })
    await context.close()
  })
})

describe('a page whose script was exchanged', () => {
  it('does not run it: the page itself names the hash of what it loads', async () => {
    attacker.alter('script')
    const page = await launched.browser.newPage()
    const refused = page.waitForEvent('console', (message) => message.text().includes('integrity'))
    await page.goto(attacker.origin)
    expect((await refused).text()).toContain('integrity')
    expect(await page.evaluate(() => Reflect.get(globalThis, 'altered'))).toBeUndefined()
    await page.close()
  })
})

// As edge writes it into the page: where the frame is, and the hash that the page was deployed with.
function configure(server: SmallServer, deviceOrigin: string): void {
  const config = JSON.stringify({ deviceOrigin, deviceFrameHash: ownHash })
  server.replace('<!--symbolon:config-->', `<script type="application/json" id="symbolon-config">${config}</script>`)
}

async function verify(
  url: string,
  ...options: readonly string[]
): Promise<{ readonly code: number | null; readonly report: Record<string, unknown> }> {
  const child = runCli(['verify', 'frame', url, '--json', ...options], { home, portBase: 10_000 })
  let output = ''
  child.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString('utf8')))
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve))
  const parsed: unknown = JSON.parse(output)
  return { code, report: typeof parsed === 'object' && parsed !== null ? { ...parsed } : {} }
}

/** A second checkout: the sources that the page is made of, and the same installed packages. */
async function buildIn(folder: string): Promise<string> {
  const rooms = ['web/device-frame', 'web/elements', 'packages/formats', 'packages/custody', 'packages/contracts', 'packages/device']
  mkdirSync(join(folder, 'node_modules/@symbolon'), { recursive: true })
  for (const room of rooms) {
    mkdirSync(dirname(join(folder, room)), { recursive: true })
    cpSync(join(checkout, room), join(folder, room), { recursive: true, filter: (path) => !/\/(?:dist|node_modules)$/u.test(path) })
    const name = room.replace('web/', 'web-').replace('packages/', '')
    symlinkSync(join(folder, room), join(folder, 'node_modules/@symbolon', name))
  }
  for (const name of readdirSync(join(checkout, 'node_modules')))
    if (name !== '@symbolon' && !name.startsWith('.')) symlinkSync(join(checkout, 'node_modules', name), join(folder, 'node_modules', name))
  for (const room of rooms) {
    const own = join(checkout, room, 'node_modules')
    if (existsSync(own)) symlinkSync(own, join(folder, room, 'node_modules'))
  }
  for (const file of ['package.json', 'tsconfig.base.json']) cpSync(join(checkout, file), join(folder, file))
  await run(process.execPath, [join(checkout, 'node_modules/vite/bin/vite.js'), 'build'], { cwd: join(folder, 'web/device-frame') })
  return join(folder, 'web/device-frame/dist')
}

function readAll(folder: string, below = ''): Map<string, Buffer> {
  const found = readdirSync(join(folder, below), { withFileTypes: true })
    .filter(({ name }) => !name.startsWith('.'))
    .flatMap((entry): readonly (readonly [string, Buffer])[] =>
      entry.isDirectory()
        ? [...readAll(folder, `${below}${entry.name}/`)]
        : [[`${below}${entry.name}`, readFileSync(join(folder, below, entry.name))]],
    )
  return new Map(found.toSorted(([left], [right]) => (left < right ? -1 : 1)))
}

const name = { ko: '운영자', en: 'Operator' }
const operator = { operatorId: 'bb'.repeat(16), name, origin: 'http://127.0.0.1:1', vaultKeyCertificates: [] }
const directory: Directory = { version: 1, operator, issuers: [] }

type Alteration = 'script' | 'page' | 'script-and-manifest' | 'policy' | 'only-when-embedded'
type Attacker = { readonly origin: string; alter(alteration: Alteration): void; navigations(): number; close(): Promise<void> }

/** Somebody who has taken over the device origin's address, and serves what he likes. */
async function startAttacker(): Promise<Attacker> {
  const files = readAll(ownBuild)
  const script = [...files.keys()].find((path) => /^assets\/index-.*\.js$/u.test(path)) ?? ''
  const evil = Buffer.concat([Buffer.from('globalThis.altered = true;\n'), files.get(script) ?? Buffer.alloc(0)])
  let alteration: Alteration = 'script'
  let embedded = 0
  const bodyOf = (path: string, isNavigation: boolean): Buffer | undefined => {
    if (path === 'index.html' && (alteration === 'page' || (alteration === 'only-when-embedded' && isNavigation)))
      return Buffer.from('<!doctype html><p>another page</p>')
    if (path === script && alteration.startsWith('script')) return evil
    if (path === bundleManifestPath && alteration === 'script-and-manifest') {
      const hash = createHash('sha256').update(evil).digest('hex')
      return Buffer.from(manifest.replace(new RegExp(`[0-9a-f]{64}  ${script}`, 'u'), `${hash}  ${script}`))
    }
    return files.get(path)
  }
  const types: Readonly<Record<string, string>> = {
    js: 'text/javascript',
    css: 'text/css',
    html: 'text/html; charset=utf-8',
    json: 'application/json',
  }
  const server: Server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname.slice(1)
    const isNavigation = request.headers['sec-fetch-mode'] === 'navigate'
    if (isNavigation) embedded += 1
    const body =
      path === 'directory.json' ? Buffer.from(JSON.stringify(directory)) : bodyOf(path === '' ? 'index.html' : path, isNavigation)
    if (body === undefined) return void response.writeHead(404).end()
    const policy = alteration === 'policy' ? "default-src 'none'; script-src 'self' https:" : "default-src 'none'; script-src 'self'"
    response.writeHead(200, {
      'content-type': types[path.split('.').at(-1) ?? ''] ?? (path === '' ? 'text/html; charset=utf-8' : 'application/octet-stream'),
      'access-control-allow-origin': '*',
      ...(isNavigation ? {} : { 'content-security-policy': `${policy}; frame-ancestors http://127.0.0.1:1; connect-src 'self'` }),
    })
    response.end(body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('the server listens on TCP')
  return {
    origin: `http://localhost:${address.port}`,
    alter: (next) => {
      alteration = next
      embedded = 0
    },
    navigations: () => embedded,
    close: () =>
      new Promise((done) => {
        server.closeAllConnections()
        server.close(() => done())
      }),
  }
}

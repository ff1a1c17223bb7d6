import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { chromium, type Browser, type BrowserContext, type BrowserContextOptions } from 'playwright-core'
import { hangulFontFolder } from './hangul-font.ts'

const run = promisify(execFile)
const here = dirname(fileURLToPath(import.meta.url))
const lockTimeoutMs = 120_000
const systemNames = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome']

/**
 * The last `--disable-features` counts, so this one replaces Playwright's own list, which would switch third-party storage
 * partitioning off: an embedded wallet would then see storage that no real browser shows it.
 */
const disabledFeatures = [
  'DestroyProfileOnBrowserClose',
  'HttpsUpgrades',
  'MediaRouter',
  'OptimizationHints',
  'PaintHolding',
  'NetworkTimeServiceQuerying',
]

export type LaunchedChromium = {
  readonly browser: Browser
  readonly source: 'SYMBOLON_CHROME' | 'system' | 'npm'
  readonly executablePath: string
}

/** Launches a headless Chromium: the one of `SYMBOLON_CHROME`, else the system's, else the one from npm, and says which on standard error. */
export async function launchChromium(): Promise<LaunchedChromium> {
  const { source, executablePath, environment } = await findChromium()
  const browser = await chromium.launch({ executablePath, args, env: environmentOf(environment) })
  process.stderr.write(`browser tests run in Chromium ${browser.version()} (${source})\n`)
  return { browser, source, executablePath }
}

/** Launches the same browser on a profile of its own, which stays in its folder after the context is closed: for drills. */
export async function launchChromiumProfile(folder: string, options: BrowserContextOptions = {}): Promise<BrowserContext> {
  const { executablePath, environment } = await findChromium()
  return await chromium.launchPersistentContext(folder, { ...options, executablePath, args, env: environmentOf(environment) })
}

const args = [
  '--no-sandbox',
  '--disable-gpu',
  '--use-gl=angle',
  '--use-angle=swiftshader',
  `--disable-features=${disabledFeatures.join(',')}`,
]

function environmentOf(environment: Found['environment']): Record<string, string> {
  return { PATH: process.env['PATH'] ?? '', TZ: 'UTC', LANG: 'C.UTF-8', ...environment }
}

type Found = {
  readonly source: LaunchedChromium['source']
  readonly executablePath: string
  readonly environment: Readonly<Record<string, string>>
}

async function findChromium(): Promise<Found> {
  const cache = cacheFolder()
  const environment = { HOME: cache, FONTCONFIG_FILE: writeFontConfig(cache) }
  const named = process.env['SYMBOLON_CHROME']
  if (named !== undefined && named !== '') return { source: 'SYMBOLON_CHROME', executablePath: named, environment }
  const system = findSystemChromium()
  if (system !== undefined) return { source: 'system', executablePath: system, environment }
  const unpacked = await unpackChromium(cache)
  const libraries = join(unpacked, 'al2023', 'lib')
  return {
    source: 'npm',
    executablePath: join(unpacked, 'chromium'),
    environment: { ...environment, LD_LIBRARY_PATH: libraries },
  }
}

function findSystemChromium(): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter)
  return systemNames.flatMap((name) => folders.map((folder) => join(folder, name))).find((path) => existsSync(path))
}

/** A folder of this user alone. One that somebody else made under the well-known name is not used: it could hold any program. */
function cacheFolder(): string {
  const uid = process.getuid?.() ?? 0
  const folder = join(tmpdir(), `symbolon-chromium-${uid}`)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const { uid: owner, mode } = statSync(folder)
  return owner === uid && (mode & 0o077) === 0 ? folder : mkdtempSync(join(tmpdir(), 'symbolon-chromium-'))
}

/** Unpacks the Chromium of `@sparticuz/chromium` once, beside other processes that want the same, and answers the folder. */
async function unpackChromium(cache: string): Promise<string> {
  const target = join(cache, `npm-${chromiumPackageVersion()}`)
  const lock = `${target}.lock`
  for (const deadline = performance.now() + lockTimeoutMs; performance.now() < deadline; await wait(200)) {
    if (existsSync(target)) return target
    if (!takeLock(lock)) continue
    try {
      if (existsSync(target)) return target
      const fresh = mkdtempSync(join(cache, 'unpack-'))
      await inflateInto(fresh)
      // Under its name only when it is whole: a killed unpacking leaves nothing that looks finished.
      renameSync(fresh, target)
      return target
    } finally {
      rmSync(lock, { force: true })
    }
  }
  throw new Error('another process has been unpacking Chromium for two minutes')
}

// In a program of its own: the package reads TMPDIR and the variables of AWS, and writes into the environment of its process.
async function inflateInto(folder: string): Promise<void> {
  const program = "const { default: chromium } = await import('@sparticuz/chromium'); await chromium.executablePath()"
  await run(process.execPath, ['--input-type=module', '--eval', program], {
    cwd: here,
    env: { PATH: process.env['PATH'] ?? '', TMPDIR: folder, HOME: folder, AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs20.x' },
  })
}

function takeLock(lock: string): boolean {
  try {
    writeFileSync(lock, String(process.pid), { flag: 'wx' })
    return true
  } catch {
    if (!isOwnerAlive(lock)) rmSync(lock, { force: true })
    return false
  }
}

function isOwnerAlive(lock: string): boolean {
  try {
    process.kill(Number(readFileSync(lock, 'utf8')), 0)
    return true
  } catch {
    return false
  }
}

function chromiumPackageVersion(): string {
  const entry = createRequire(import.meta.url).resolve('@sparticuz/chromium')
  const manifest: unknown = JSON.parse(readFileSync(join(dirname(entry), '..', '..', 'package.json'), 'utf8'))
  if (typeof manifest !== 'object' || manifest === null || !('version' in manifest)) throw new Error('the package has no version')
  return String(manifest.version)
}

/** Fonts of this repository and of the system: without any, Playwright calls every text hidden. */
function writeFontConfig(cache: string): string {
  const file = join(cache, 'fonts.conf')
  const folders = [hangulFontFolder(cache), ...readUnpackedFontFolders(cache), '/usr/share/fonts']
  const text = `<?xml version="1.0"?><fontconfig>${folders.map((folder) => `<dir>${folder}</dir>`).join('')}<cachedir>${join(cache, 'font-cache')}</cachedir></fontconfig>`
  writeFileSync(file, text)
  return file
}

function readUnpackedFontFolders(cache: string): readonly string[] {
  return [join(cache, `npm-${chromiumPackageVersion()}`, 'fonts')]
}

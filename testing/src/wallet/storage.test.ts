import { createPublicKey, verify } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { BrowserContext, Page } from 'playwright-core'
import { build } from 'vite'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createMemoryStorage } from '@symbolon/device/memory'
import { launchChromium, type LaunchedChromium } from '../chromium.ts'
import { serveFolder, type SmallServer } from '../static-pages.ts'
import { checkWalletStorage } from './storage-contract.ts'

test('memory keeps the contract of a wallet storage', async () => expect(await checkWalletStorage(createMemoryStorage())).toEqual([]))

describe('in Chromium', () => {
  let launched: LaunchedChromium
  let server: SmallServer
  let context: BrowserContext
  const folder = mkdtempSync(join(tmpdir(), 'symbolon-storage-page-'))

  beforeAll(async () => {
    const root = join(dirname(fileURLToPath(import.meta.url)), 'storage-page')
    await build({
      root,
      logLevel: 'error',
      configFile: false,
      resolve: { conditions: ['symbolon-source', 'module', 'browser'] },
      worker: { format: 'es' },
      build: { outDir: folder, emptyOutDir: true },
    })
    server = await serveFolder(folder, {})
    launched = await launchChromium()
    context = await launched.browser.newContext()
  })
  afterAll(async () => {
    await launched.browser.close()
    await server.close()
    rmSync(folder, { recursive: true })
  })

  async function openTab(): Promise<Page> {
    const page = await context.newPage()
    await page.goto(`http://localhost:${server.port}/`)
    await page.waitForFunction('globalThis.actions !== undefined')
    return page
  }
  const ask = async (page: Page, call: string): Promise<unknown> => await page.evaluate(`globalThis.actions.${call}`)
  const numbers = (value: unknown): number[] => (Array.isArray(value) ? value.map(Number) : [])

  test('OPFS keeps the contract of a wallet storage', async () => {
    const page = await openTab()
    expect(await ask(page, 'check()')).toEqual([])
    await page.close()
  })

  test('invariant 17: a second tab waits for the first, and finds what it wrote', async () => {
    const first = await openTab()
    expect(await ask(first, 'acquire()')).toBe('held')
    await ask(first, 'write(42)')
    const second = await openTab()
    expect(await ask(second, 'acquire()')).toBe('WALLET_IN_USE')
    await first.close()
    await expect.poll(() => ask(second, 'acquire()'), { timeout: 10_000 }).toBe('held')
    expect(await ask(second, 'read()')).toBe(42)
    await second.reload()
    await second.waitForFunction('globalThis.actions !== undefined')
    expect(await ask(second, 'acquire()')).toBe('held')
    await second.close()
  })

  test('the device key survives a reload, signs as others verify, and another create replaces it', async () => {
    const page = await openTab()
    expect(await ask(page, 'findKey()')).toEqual([])
    const created = numbers(await ask(page, 'createKey()'))
    await page.reload()
    await page.waitForFunction('globalThis.actions !== undefined')
    expect(await ask(page, 'findKey()')).toEqual(created)
    const signature = Buffer.from(numbers(await ask(page, 'sign([1, 2, 3])')))
    const key = createPublicKey({ key: Buffer.from(created), format: 'der', type: 'spki' })
    expect(signature).toHaveLength(64)
    expect(verify('sha256', Buffer.from([1, 2, 3]), { key, dsaEncoding: 'ieee-p1363' }, signature)).toBe(true)
    expect(verify('sha256', Buffer.from([1, 2, 4]), { key, dsaEncoding: 'ieee-p1363' }, signature)).toBe(false)
    expect(await ask(page, 'createKey()')).not.toEqual(created)
    await ask(page, 'forgetKey()')
    expect(await ask(page, 'findKey()')).toEqual([])
    await page.close()
  })
})

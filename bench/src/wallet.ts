import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus, loadavg } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import {
  addFirstCard,
  endInChat,
  openCustomer,
  openPaySheet,
  press,
  typePin,
  viewOf,
  visaCard,
  type Customer,
} from '@symbolon/testing/browser-customer'
import { launchChromium } from '@symbolon/testing/chromium'
import { checkout, startInstallation } from '@symbolon/testing/installation'

/**
 * `node bench/dist/wallet.js [PAYMENTS] [FILE]`: what a payment costs the person's browser. The gzipped size of everything that the
 * frame loads before it can pay, and the time from the tap on the confirming button to the moment when the message leaves, in headless
 * Chromium with its processor slowed down four times, with the share of argon2id told apart.
 */
const count = Number(process.argv[2] ?? '20')
const throttling = 4
const pin = '847261935024'

type Measured = { readonly tap: number; readonly sent: number; readonly argon2: number }
type Sample = { readonly tapToMessageMs: number; readonly argon2Ms: number }

const system = await startInstallation()
const { browser } = await launchChromium()
try {
  const customer = await openCustomer({ browser, installation: system.installation(), locale: 'en' })
  await customer.context.addInitScript(measureFrame, system.installation().deviceOrigin)
  await customer.page.reload()
  await addFirstCard(customer, pin, visaCard)
  const samples: Sample[] = []
  for (let index = 0; index < count; index += 1) samples.push(await payOnce(customer))
  const result = {
    measuredAt: new Date().toISOString(),
    processor: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    loadAverage: loadavg().map((value) => Number(value.toFixed(1))),
    chromium: browser.version(),
    throttling,
    payments: samples.length,
    tapToMessageMs: describe(samples.map(({ tapToMessageMs }) => tapToMessageMs)),
    argon2idMs: describe(samples.map(({ argon2Ms }) => argon2Ms)),
    tapToMessageWithoutArgon2idMs: describe(samples.map(({ tapToMessageMs, argon2Ms }) => tapToMessageMs - argon2Ms)),
    payPathGzippedBytes: measureSizes(),
  }
  const text = `${JSON.stringify(result, undefined, 2)}\n`
  if (process.argv[3] !== undefined) writeFileSync(process.argv[3], text)
  process.stdout.write(text)
} finally {
  await browser.close()
  await system.stop()
}

async function payOnce(customer: Customer): Promise<Sample> {
  const { installation, page } = customer
  const answer = await fetch(`${installation.mallOrigin}/api/orders`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ shop: 'electronics', amountMinorUnits: '1200', currency: 'KRW' }),
  })
  const ordered: unknown = await answer.json()
  if (typeof ordered !== 'object' || ordered === null || !('paymentId' in ordered)) throw new Error('the mall took no order')
  await page.goto(`${installation.edgeOrigin}/?lang=en&pay=${String(ordered.paymentId)}`)
  await openPaySheet(customer)
  await typePin(customer, pin)
  const frame = page.frames().find((one) => one.url().startsWith(installation.deviceOrigin))
  if (frame === undefined) throw new Error('the frame is not there')
  // The frame's own process where the browser gives it one; in the headless shell it shares the page's.
  const session = await customer.context.newCDPSession(frame).catch(() => customer.context.newCDPSession(page))
  // From here on: what the person waits for. The slot was opened while the amount was read.
  await session.send('Emulation.setCPUThrottlingRate', { rate: throttling })
  await press(customer, 'confirm')
  await viewOf(customer, 'paid', 60_000)
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what `measureFrame` put there
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what `measureFrame` put there
  const measured = await frame.evaluate(() => Reflect.get(globalThis, 'symbolonMeasured') as Measured)
  await session.detach()
  await press(customer, 'done')
  await endInChat(customer, 'captured', 60_000)
  return { tapToMessageMs: measured.sent - measured.tap, argon2Ms: measured.argon2 }
}

// Runs before the frame's own scripts, in the frame alone. The bundle is the one that is served; only the browser's doors are watched.
function measureFrame(deviceOrigin: string): void {
  if (location.origin !== deviceOrigin) return
  const measured = { tap: 0, sent: 0, argon2: 0 }
  Reflect.set(globalThis, 'symbolonMeasured', measured)
  addEventListener('click', () => Object.assign(measured, { tap: performance.now(), sent: 0, argon2: 0 }), { capture: true })
  const send = globalThis.fetch
  globalThis.fetch = (input, init) => {
    const address = input instanceof Request ? input.url : String(input)
    if (address.endsWith('/pay') && measured.sent === 0) measured.sent = performance.now()
    return send(input, init)
  }
  // WebAssembly is used for argon2id and for nothing else; what the wallet calls is an instance's exports.
  const instantiate = WebAssembly.instantiate.bind(WebAssembly)
  const timed = async (module: WebAssembly.Module, imports?: WebAssembly.Imports): Promise<{ readonly exports: object }> => {
    const instance = await instantiate(module, imports)
    const exports = Object.fromEntries(Object.entries(instance.exports).map(([name, value]) => [name, time(value)]))
    return { exports }
  }
  const time = (value: WebAssembly.ExportValue): unknown => {
    if (typeof value !== 'function') return value
    return (...values: readonly unknown[]): unknown => {
      const before = performance.now()
      const answer: unknown = Reflect.apply(value, undefined, values)
      if (measured.sent === 0) measured.argon2 += performance.now() - before
      return answer
    }
  }
  Reflect.set(WebAssembly, 'instantiate', timed)
}

/** Everything that the page loads before it can pay, as the build wrote it: fonts and pictures apart. */
function measureSizes(): Readonly<Record<string, number>> {
  const folder = join(checkout, 'web/device-frame/dist')
  const files = [
    'index.html',
    ...readdirSync(join(folder, 'assets'))
      .filter((name) => /\.(?:js|css)$/u.test(name))
      .map((name) => `assets/${name}`),
  ]
  const sizes = files.map(
    (file) => [file.replace(/-[\w-]{8}(?=\.)/u, ''), gzipSync(readFileSync(join(folder, file)), { level: 9 }).length] as const,
  )
  return { ...Object.fromEntries(sizes), total: sizes.reduce((sum, [, size]) => sum + size, 0) }
}

function describe(values: readonly number[]): Readonly<Record<string, number>> {
  const sorted = values.toSorted((left, right) => left - right)
  const at = (part: number): number => Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0)
  return { median: at(0.5), fastest: at(0), slowest: at(1) }
}

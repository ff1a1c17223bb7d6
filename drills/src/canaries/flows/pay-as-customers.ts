import { spawn } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Installation } from '@symbolon/contracts/installation'
import type { PlantedCard } from '../rules/planted.ts'

const demo = fileURLToPath(new URL('../../../../packages/demo/dist/main.js', import.meta.url))

export type Customers = { readonly pid: number; readonly ended: Promise<{ readonly code: number | null; readonly output: string }> }

/** Starts a process of its own that enrols the planted cards and pays with each of them several times: the device side. */
export function startCustomers(installation: Installation, cards: readonly PlantedCard[], paymentsPerCard: number): Customers {
  const folder = mkdtempSync(join(tmpdir(), 'symbolon-customers-'))
  const files = { run: join(folder, 'run.json'), cards: join(folder, 'cards.csv'), payments: join(folder, 'payments.csv') }
  writeFileSync(files.run, JSON.stringify(installation), { mode: 0o600 })
  writeFileSync(
    files.cards,
    toCsv(
      ['pan', 'expiry', 'cvc', 'holder', 'phone', 'address', 'pin'],
      cards.map((card) => [
        card.primaryAccountNumber,
        card.expiry,
        card.securityCode,
        card.holderName,
        card.phoneNumber,
        card.postalAddress,
        card.pin,
      ]),
    ),
    { mode: 0o600 },
  )
  const shops = installation.shops.map(({ slug }) => slug)
  const payments = cards.flatMap((_card, index) =>
    Array.from({ length: paymentsPerCard }, (_unused, turn) => {
      const shop = shops[(index + turn) % shops.length] ?? ''
      // Cards are named by their line in the file; the first line is the head.
      return [String(index + 2), shop, String(1_000 + turn * 100), shop === 'travel' ? 'USD' : 'KRW', '0']
    }),
  )
  writeFileSync(files.payments, toCsv(['card_line', 'shop', 'amount', 'currency', 'instalments'], payments))
  const child = spawn(process.execPath, [demo, '--run', files.run, '--json', '--cards', files.cards, '--payments-file', files.payments], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString('utf8')))
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString('utf8')))
  const ended = new Promise<{ readonly code: number | null; readonly output: string }>((resolve) =>
    child.on('exit', (code) => resolve({ code, output })),
  )
  if (child.pid === undefined) throw new Error('the customers could not be started')
  return { pid: child.pid, ended }
}

function toCsv(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return `${[head, ...rows].map((row) => row.join(',')).join('\n')}\n`
}

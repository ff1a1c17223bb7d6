import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { checkout } from './installation.ts'

type Report = {
  readonly planted: number
  readonly found: number
  readonly controlFound: boolean
  readonly bytesSearched: number
  readonly places: readonly { readonly place: string; readonly bytesSearched: number; readonly isControlFound: boolean }[]
}

test('1.13-15 canary drill: nothing that was planted is found at the operator, and every marker is', { timeout: 400_000 }, async () => {
  const { code, output, errors } = await runDrill()
  expect(output, errors.slice(-2_000)).toMatch(/^\{/u)
  const report = JSON.parse(output) as Report
  const unread = report.places.filter(({ bytesSearched, isControlFound }) => bytesSearched === 0 || !isControlFound)
  expect(unread).toEqual([])
  expect(report).toMatchObject({ found: 0, controlFound: true })
  expect(report.planted).toBeGreaterThan(70)
  // Memory at rest and in mid-payment, tables, files, write-ahead log, logs, wires, page, errors: none may be forgotten.
  const names = report.places.map(({ place }) => place).join('\n')
  for (const expected of [
    'memory of edge, in mid-payment',
    'memory of vault',
    'memory of PostgreSQL',
    'COPY of every table',
    'database files',
    'write-ahead log',
    'log of edge',
    'wire from devices to edge',
    'wire from edge to vault',
    'wire from link to front 3',
    'operator’s page in the browser',
    'error bodies',
  ]) {
    expect(names).toContain(expected)
  }
  expect(code).toBe(0)
})

function runDrill(): Promise<{ readonly code: number | null; readonly output: string; readonly errors: string }> {
  const child = spawn(process.execPath, [join(checkout, 'drills/dist/canaries/main.js'), '--json'], { stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  let errors = ''
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString('utf8')))
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString('utf8')))
  return new Promise((resolve) => child.on('exit', (code) => resolve({ code, output, errors })))
}

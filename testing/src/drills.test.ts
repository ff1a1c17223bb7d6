import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { checkout } from './installation.ts'

type Report = {
  readonly name: string
  readonly result: string
  readonly control: string
  readonly failure?: string
  readonly obtained: string
}

/** Those without a database, a browser or an installation; the others are for `drill --all`. */
const quick = ['pin-lockout-by-stranger', 'recorded-wire', 'wrong-pin-leak', 'halves-from-different-times', 'clone']

test('quick drills: each is withstood, and the same attack succeeds without the defence', { timeout: 400_000 }, async () => {
  const { code, output, errors } = await drill(...quick, '--json')
  expect(output, errors.slice(-2_000)).toMatch(/^\[.*\]\n$/u)
  const reports = JSON.parse(output) as readonly Report[]
  expect(reports.map(({ name, result, control, failure }) => ({ name, result, control, failure }))).toEqual(
    quick.map((name) => ({ name, result: 'withstood', control: 'broken', failure: undefined })),
  )
  expect(reports.every(({ obtained }) => obtained.length > 0)).toBe(true)
  expect(code).toBe(0)
})

test('the list names all sixteen', { timeout: 60_000 }, async () => {
  const { code, output } = await drill('--list')
  expect(output.trimEnd().split('\n')).toHaveLength(16)
  expect(code).toBe(0)
})

function drill(...args: readonly string[]): Promise<{ readonly code: number | null; readonly output: string; readonly errors: string }> {
  const child = spawn(process.execPath, [join(checkout, 'drills/dist/main.js'), ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  let errors = ''
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString('utf8')))
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString('utf8')))
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, output, errors })))
}

import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { checkout } from './installation.ts'

const defence = 'export const isDefended: boolean = true\n'
const withoutDefence = `--- a/packages/vault/src/defence.ts
+++ b/packages/vault/src/defence.ts
@@ -1 +1 @@
-export const isDefended: boolean = true
+export const isDefended: boolean = false
`
const attack = `import { isDefended } from '../../../packages/vault/dist/defence.js'
export const drill = {
  name: 'NAME', attackerHolds: 'a planted thing', claim: 'planted',
  run: async ({ progress, random, size }) => {
    progress(1, 2)
    BODY
    return isDefended ? { result: 'withstood', obtained: 'nothing', figures: { tried: 3 } } : { result: 'broken', obtained: 'everything' }
  },
}
`
type Report = {
  readonly name: string
  readonly result: string
  readonly control: string
  readonly failure?: string
  readonly obtained: string
}

let tree: string

beforeAll(() => {
  tree = mkdtempSync(join(tmpdir(), 'symbolon-planted-'))
  write('package.json', '{"type":"module"}')
  write('packages/vault/src/defence.ts', defence)
  write('packages/vault/dist/defence.js', 'export const isDefended = true\n')
  mkdirSync(join(tree, 'node_modules'))
  for (const name of readdirSync(join(checkout, 'node_modules')).filter(
    (entry) => !entry.startsWith('@symbolon') && !entry.startsWith('.'),
  ))
    symlinkSync(join(checkout, 'node_modules', name), join(tree, 'node_modules', name))
  for (const built of ['main.js', 'runner'])
    cpSync(join(checkout, 'drills/dist', built), join(tree, 'drills/dist', built), { recursive: true })
  plant('bites', withoutDefence)
  // Nothing that the patch takes out is what withstands here.
  plant('blunt', withoutDefence, "if (size !== 'none') return { result: 'withstood', obtained: 'nothing' }")
  plant('leaks', withoutDefence, "if (random(4).length === 4) return { result: 'broken', obtained: 'the planted secret' }")
  plant('rots', withoutDefence.replace('-export const isDefended: boolean = true', '-export const isDefended = maybe()'))
  plant('silent', withoutDefence, 'process.exit(0)')
  plant('throws', withoutDefence, "throw new Error('no database')")
  plant('uncontrolled', undefined)
})
afterAll(() => rmSync(tree, { recursive: true, force: true }))

test('a drill whose control is broken is shown, and leaves the tree as it was', { timeout: 60_000 }, () => {
  const { code, reports, errors } = run('bites')
  expect(reports, errors).toMatchObject([
    { name: 'bites', result: 'withstood', control: 'broken', obtained: 'nothing', figures: { tried: 3 } },
  ])
  expect(reports[0]).not.toHaveProperty('failure')
  expect(code).toBe(0)
  expect(run('bites').code).toBe(0)
})

test.each<[string, Partial<Report>]>([
  ['blunt', { result: 'withstood', control: 'held' }],
  ['leaks', { result: 'broken', control: 'broken', obtained: 'the planted secret' }],
  ['rots', { result: 'withstood', control: 'held', failure: expect.stringContaining('control.patch no longer applies') as string }],
  ['silent', { result: 'broken', control: 'held', failure: expect.stringContaining('ended without an outcome') as string }],
  ['throws', { result: 'broken', control: 'held', failure: expect.stringContaining('no database') as string }],
  ['uncontrolled', { result: 'withstood', control: 'held', failure: expect.stringContaining('there is no control.patch') as string }],
])('%s is a failure and said so', { timeout: 60_000 }, (name, expected) => {
  const { code, reports, errors } = run(name)
  expect(reports, errors).toHaveLength(1)
  expect(reports[0]).toMatchObject({ name, ...expected })
  expect(code).toBe(1)
})

test('all of them: one array on one line, and one bad drill is enough', { timeout: 120_000 }, () => {
  const { code, output, reports } = run('--all')
  expect(output.trimEnd().split('\n')).toHaveLength(1)
  expect(reports.map(({ name }) => name)).toEqual(['bites', 'blunt', 'leaks', 'rots', 'silent', 'throws', 'uncontrolled'])
  expect(code).toBe(1)
})

test('an unknown drill is a usage error', () => {
  expect(run('nobody').code).toBe(2)
})

test('the scratch folders are gone', () => {
  const left = readdirSync(tmpdir()).filter((name) => /^symbolon-drill-(bites|blunt|leaks|rots|silent|throws|uncontrolled)-/u.test(name))
  expect(left).toEqual([])
})

function run(...args: readonly string[]): {
  readonly code: number | null
  readonly output: string
  readonly errors: string
  readonly reports: readonly Report[]
} {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(tree, 'drills/dist/main.js'), ...args, '--json'], {
    encoding: 'utf8',
  })
  const reports: unknown = stdout.startsWith('[') ? JSON.parse(stdout) : []
  return { code: status, output: stdout, errors: stderr, reports: reports as readonly Report[] }
}

function plant(name: string, patch: string | undefined, body = ''): void {
  write(`drills/dist/${name}/drill.js`, attack.replace('NAME', name).replace('BODY', body))
  if (patch !== undefined) write(`drills/${name}/control.patch`, patch)
}

function write(path: string, content: string): void {
  mkdirSync(dirname(join(tree, path)), { recursive: true })
  writeFileSync(join(tree, path), content)
}

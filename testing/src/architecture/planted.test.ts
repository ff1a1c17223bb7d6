import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { findArrowViolations } from './arrows.ts'
import { repositoryFolder } from './repository.ts'

/** A gate that was never seen to fail is no gate: each one meets a planted violation, and the same file without it. */
const workshop = mkdtempSync(join(tmpdir(), 'symbolon-planted-'))
symlinkSync(join(repositoryFolder, 'node_modules'), join(workshop, 'node_modules'))
for (const file of ['.oxlintrc.json', 'testing/lint', 'tsconfig.base.json'])
  cpSync(join(repositoryFolder, file), join(workshop, file), { recursive: true })
afterAll(() => rmSync(workshop, { recursive: true, force: true }))

describe('arrows: planted imports are found', () => {
  test.each([
    [
      'a party importing a party',
      'packages/merchant/src/planted.ts',
      "import { x } from '@symbolon/issuer'",
      'merchant may not import issuer',
    ],
    [
      'edge importing vault',
      'packages/operator/edge/src/planted.ts',
      "import { x } from '@symbolon/operator-vault'",
      'operator-edge may not import operator-vault',
    ],
    [
      'vault by a relative path',
      'packages/operator/edge/src/planted.ts',
      "export { x } from '../../vault/src/main.ts'",
      'operator-edge leaves its room by a relative path',
    ],
    [
      'a dynamic import',
      'packages/device/src/planted.ts',
      "const x = await import('@symbolon/operator-vault')",
      'device may not import operator-vault',
    ],
    [
      'an import over several lines',
      'packages/issuer/src/planted.ts',
      "import {\n  x,\n} from '@symbolon/merchant'",
      'issuer may not import merchant',
    ],
    [
      'the other half of custody',
      'packages/device/src/planted.ts',
      "import { x } from '@symbolon/custody/operator'",
      'device may not use the custody door /operator',
    ],
    ['a room that is not on the map', 'packages/utils/src/planted.ts', '', 'the room is not on the map'],
  ])('%s', (_name, path, text, reason) => {
    expect(findArrowViolations([{ path, text }])).toEqual([{ path, reason }])
  })

  test('a lawful import is not', () => {
    expect(findArrowViolations([{ path: 'packages/device/src/fine.ts', text: "import { x } from '@symbolon/custody/device'" }])).toEqual([])
  })
})

describe('lint: planted violations are found', () => {
  test.each([
    ['a clock in a pure package', 'export const now = (): number => Date.now()', 'no-restricted-globals'],
    ['chance in a pure package', 'export const dice = (): number => Math.random()', 'no-restricted-properties'],
    ['a floating promise', 'export function run(work: () => Promise<void>): void {\n  work()\n}', 'no-floating-promises'],
    ['the machine in a pure package', "import { readFileSync } from 'node:fs'\nexport const read = readFileSync", 'no-restricted-imports'],
    [
      'a missing case',
      "export function word(kind: 'a' | 'b'): void {\n  switch (kind) {\n    case 'a':\n      break\n  }\n}",
      'switch-exhaustiveness-check',
    ],
    [
      'a value in an error message',
      'export function stop(pan: string): never {\n  throw new Error(`bad ${pan}`)\n}',
      'no-interpolated-error',
    ],
    ['deferred work without a number', '// TODO: later\nexport const x = 1', 'todo-has-number'],
  ])('%s', (_name, text, rule) => {
    const { status, output } = lint(text)
    expect(output).toContain(rule)
    expect(status).toBe(1)
  })

  test('the same room without a violation passes', () => {
    expect(lint('export const answer = 42').status).toBe(0)
  })
})

describe('compiler: a pure package has no machine', () => {
  test.each([
    ['process', 'export const home: string = process.cwd()'],
    ['fetch', "export const call = (): unknown => fetch('x')"],
    ['setTimeout', 'export const wait = (): unknown => setTimeout(() => undefined, 1)'],
    ['a deep import', "import { x } from '@symbolon/formats/src/result.ts'\nexport const y: unknown = x"],
  ])('%s does not exist', (_name, text) => {
    expect(compile(text).status).not.toBe(0)
  })

  test('plain code compiles', () => {
    expect(compile('export const answer: number = 42').status).toBe(0)
  })
})

function plant(text: string): string {
  const file = join(workshop, 'packages/formats/src/planted.ts')
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, `${text}\n`)
  writeFileSync(join(workshop, 'packages/formats/package.json'), '{ "type": "module" }')
  const options = { rootDir: 'src', noEmit: true, composite: false, rewriteRelativeImportExtensions: false, types: [], lib: ['es2023'] }
  writeFileSync(
    join(workshop, 'packages/formats/tsconfig.json'),
    JSON.stringify({ extends: '../../tsconfig.base.json', compilerOptions: options, include: ['src'] }),
  )
  return file
}

function lint(text: string): { readonly status: number | null; readonly output: string } {
  const file = plant(text)
  const run = spawnSync(process.execPath, [join(repositoryFolder, 'node_modules/oxlint/bin/oxlint'), '--format=unix', file], {
    cwd: workshop,
    encoding: 'utf8',
  })
  return { status: run.status, output: run.stdout + run.stderr }
}

function compile(text: string): { readonly status: number | null } {
  plant(text)
  const run = spawnSync(
    process.execPath,
    [join(repositoryFolder, 'node_modules/typescript/bin/tsc'), '-p', join(workshop, 'packages/formats/tsconfig.json')],
    { encoding: 'utf8' },
  )
  return { status: run.status }
}

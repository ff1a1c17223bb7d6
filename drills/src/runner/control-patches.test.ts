import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { listPatchedFiles, patchFileOf } from './control-patch.ts'

const tree = fileURLToPath(new URL('../../..', import.meta.url))
const drills = readdirSync(join(tree, 'drills/src')).filter((name) => existsSync(join(tree, 'drills/src', name, 'drill.ts')))
const patched = readdirSync(join(tree, 'drills')).filter((name) => existsSync(patchFileOf(tree, name)))

test('every drill has a control and every control a drill', () => {
  expect(patched).toEqual(drills)
})

test('every control takes something out of the product’s source, and still applies', () => {
  for (const name of patched) {
    const files = listPatchedFiles(readFileSync(patchFileOf(tree, name), 'utf8'))
    expect(files, name).not.toEqual([])
    // A control that changes the attack or a test would show nothing.
    for (const file of files) expect(file, name).toMatch(/^(packages|web)\/.+(?<!\.test)\.(ts|css|html|sql)$/u)
    expect(() => execFileSync('git', ['apply', '--check', patchFileOf(tree, name)], { cwd: tree, stdio: 'pipe' }), name).not.toThrow()
  }
})

import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openSecrets } from './secrets.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'symbolon-secrets-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

test('a value is made once and kept for its owner alone', () => {
  const file = join(folder, 'secrets.json')
  const first = openSecrets(file)
  const [id, key] = [first.id('operator'), first.key('password')]
  expect(id).toMatch(/^[0-9a-f]{32}$/u)
  expect(key).toMatch(/^[A-Za-z0-9_-]{43}$/u)
  first.save()
  expect(statSync(file).mode & 0o777).toBe(0o600)
  const second = openSecrets(file)
  expect([second.id('operator'), second.key('password')]).toEqual([id, key])
  expect(second.key('another')).not.toBe(key)
})

test.each(['', 'nonsense', '[1]', '{"a":1}'])('a damaged file (%j) is refused and left as it is', (text) => {
  const file = join(folder, 'secrets.json')
  writeFileSync(file, text)
  expect(() => openSecrets(file).save()).toThrow()
  expect(readFileSync(file, 'utf8')).toBe(text)
})

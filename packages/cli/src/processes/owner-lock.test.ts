import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { findProcess } from './identity.ts'
import { findLockOwner, takeOwnerLock } from './owner-lock.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'symbolon-lock-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

test('a lock is taken once, released, and taken again', () => {
  const file = join(folder, 'lock')
  const first = takeOwnerLock(file)
  expect(takeOwnerLock(file)).toMatchObject({ kind: 'taken', owner: { pid: process.pid } })
  expect(findLockOwner(file)?.pid).toBe(process.pid)
  if (first.kind === 'owned') first.release()
  expect(findLockOwner(file)).toBeUndefined()
  expect(takeOwnerLock(file).kind).toBe('owned')
  expect(readdirSync(folder)).toEqual(['lock'])
})

test('a living stranger keeps it; its death frees it', async () => {
  const file = join(folder, 'lock')
  const stranger = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'])
  writeFileSync(file, JSON.stringify(findProcess(stranger.pid ?? 0)))
  expect(takeOwnerLock(file)).toMatchObject({ kind: 'taken', owner: { pid: stranger.pid } })
  await new Promise((resolve) => {
    stranger.on('exit', resolve)
    stranger.kill('SIGKILL')
  })
  expect(takeOwnerLock(file).kind).toBe('owned')
})

test.each([
  ['a process number that a later process has', JSON.stringify({ pid: process.pid, startedAt: '1' })],
  ['a damaged lock', 'nonsense'],
  ['an empty lock', ''],
])('%s is taken over', (_name, text) => {
  const file = join(folder, 'lock')
  writeFileSync(file, text)
  expect(takeOwnerLock(file).kind).toBe('owned')
  expect(findLockOwner(file)?.pid).toBe(process.pid)
})

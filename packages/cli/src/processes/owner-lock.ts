import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { randomUUID } from 'node:crypto'
import { findProcess, isRunning, type ProcessIdentity } from './identity.ts'

/** `taken`: the process that owns it is alive. `owned`: release it once. */
export type OwnerLock = { readonly kind: 'owned'; release(): void } | { readonly kind: 'taken'; readonly owner: ProcessIdentity }

const attempts = 20

/** One owner for what the file stands for. A lock is taken over only from a process that no longer runs. */
export function takeOwnerLock(file: string): OwnerLock {
  const self = findProcess(process.pid)
  if (self === undefined) throw new Error('this process cannot be found in the process table')
  const text = JSON.stringify(self)
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    if (placeWhole(file, text)) return { kind: 'owned', release: () => release(file, text) }
    const found = readText(file)
    if (found === undefined) continue
    const owner = parseIdentity(found)
    if (owner !== undefined && isRunning(owner)) return { kind: 'taken', owner }
    removeDead(file, found)
  }
  throw new Error('the lock changes hands too often')
}

/** Answers who owns a lock now, or undefined when nobody alive does. */
export function findLockOwner(file: string): ProcessIdentity | undefined {
  const owner = parseIdentity(readText(file) ?? '')
  return owner !== undefined && isRunning(owner) ? owner : undefined
}

// A hard link appears with its content or not at all, and never over an existing file.
function placeWhole(file: string, text: string): boolean {
  const temporary = `${file}.${randomUUID()}`
  writeFileSync(temporary, text, { mode: 0o600 })
  try {
    linkSync(temporary, file)
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
    throw error
  } finally {
    rmSync(temporary, { force: true })
  }
}

// Two processes may both have seen the dead owner. Whoever moved away a living one's lock instead puts it back.
function removeDead(file: string, deadText: string): void {
  const moved = `${file}.${randomUUID()}`
  try {
    renameSync(file, moved)
  } catch {
    return
  }
  if (readText(moved) !== deadText) {
    try {
      linkSync(moved, file)
    } catch {
      // A third process has it by now; its owner is alive and says so to whoever asks next.
    }
  }
  rmSync(moved, { force: true })
}

function release(file: string, text: string): void {
  if (readText(file) === text) rmSync(file, { force: true })
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}

function parseIdentity(text: string): ProcessIdentity | undefined {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null || !('pid' in value) || !('startedAt' in value)) return undefined
    const { pid, startedAt } = value
    return typeof pid === 'number' && typeof startedAt === 'string' ? { pid, startedAt } : undefined
  } catch {
    return undefined
  }
}

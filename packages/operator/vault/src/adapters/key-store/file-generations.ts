import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs'
import { randomBytes } from 'node:crypto'
import { dirname, join } from 'node:path'
import { Fault } from '@symbolon/formats/result'
import type { GenerationStore } from '../../ports.ts'
import { keyEncryptionKeyFile, parseGeneration } from './key-files.ts'

const keySize = 32

/** Key-encryption keys as files of mode 0600 in a folder that lies outside the database and its backups. */
export function createFileGenerations(folder: string): GenerationStore {
  const fileOf = (generation: number): string => join(folder, keyEncryptionKeyFile(generation))
  return {
    protection: 'file',
    list: async () => listGenerations(folder, parseGeneration),
    read: async (generation) => decodeKey(readFileSync(fileOf(generation), 'utf8')),
    write: async (generation, key) => writeNew(fileOf(generation), `${Buffer.from(key).toString('base64url')}\n`),
    destroy: async (generation) => destroyFile(fileOf(generation)),
    ...createNotes(folder),
  }
}

/** Notes beside the keys: marks, witnesses and what was destroyed. They are no secret, but outside the database they cannot be rolled back with it. */
export function createNotes(folder: string): Pick<GenerationStore, 'readNote' | 'writeNote'> {
  return {
    readNote: async (name) => (existsSync(join(folder, name)) ? readFileSync(join(folder, name), 'utf8') : undefined),
    async writeNote(name, text) {
      const path = join(folder, name)
      rmSync(`${path}.new`, { force: true })
      writeNew(`${path}.new`, text)
      renameSync(`${path}.new`, path)
      flushFolder(folder)
    },
  }
}

export function listGenerations(folder: string, parse: (name: string) => number | undefined): readonly number[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .map(parse)
    .filter((generation) => generation !== undefined)
    .toSorted((left, right) => left - right)
}

/** Writes a file that was not there, and its folder's entry, to the disk. */
export function writeNew(path: string, text: string | Uint8Array): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  const file = openSync(path, 'wx', 0o600)
  try {
    writeSync(file, Buffer.from(text))
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
  flushFolder(dirname(path))
}

/** Overwrites the file in place, flushes, and removes it. What a disk remaps on its own stays out of reach (docs/custody.md 15). */
export function destroyFile(path: string): void {
  if (!existsSync(path)) return
  const file = openSync(path, 'r+')
  try {
    writeSync(file, randomBytes(statSync(path).size), 0)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
  rmSync(path)
  flushFolder(dirname(path))
}

function decodeKey(text: string): Uint8Array {
  const key = Buffer.from(text.trim(), 'base64url')
  if (key.length !== keySize) throw new Fault('VAULT_KEY_FILE_INVALID', { retry: 'never' })
  return new Uint8Array(key)
}

function flushFolder(folder: string): void {
  const handle = openSync(folder, 'r')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}

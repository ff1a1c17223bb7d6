import { execFile } from 'node:child_process'
import { randomBytes, createHash, timingSafeEqual } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Fault } from '@symbolon/formats/result'
import type { Pkcs11Config } from '../../config.ts'
import type { GenerationStore } from '../../ports.ts'
import { createNotes, destroyFile, listGenerations, writeNew } from './file-generations.ts'

const run = promisify(execFile)
const keySize = 32
const ivSize = 16
const timeoutMs = 30_000
const wrappedFile = (generation: number): string => `kek-${generation}.wrapped`
const labelOf = (generation: number): string => `symbolon-kek-${generation}`

/**
 * Key-encryption keys in a folder, each encrypted with an AES key of its own generation that was made in a PKCS #11 token and does not
 * leave it. The token works once a generation and start, and once a rotation: never for a payment. Destroying the token's object makes
 * every copy of the file worthless, those in backups of the folder included. pkcs11-tool (OpenSC) speaks to the token.
 */
export function createPkcs11Generations(folder: string, token: Pkcs11Config): GenerationStore {
  const fileOf = (generation: number): string => join(folder, wrappedFile(generation))
  return {
    protection: 'pkcs11',
    list: async () => {
      const objects = await listObjects(token)
      return listGenerations(folder, parseWrapped).filter((generation) => objects.includes(labelOf(generation)))
    },
    async read(generation) {
      const wrapped = readFileSync(fileOf(generation))
      const opened = await crypt(token, generation, { mode: '--decrypt', iv: wrapped.subarray(0, ivSize), input: wrapped.subarray(ivSize) })
      const key = new Uint8Array(opened.subarray(0, keySize))
      const isWhole = opened.length === 2 * keySize && timingSafeEqual(checkOf(key), opened.subarray(keySize))
      opened.fill(0)
      if (!isWhole) throw new Fault('VAULT_KEY_FILE_INVALID', { retry: 'never' })
      return key
    },
    async write(generation, key) {
      if (!(await listObjects(token)).includes(labelOf(generation))) await makeObject(token, generation)
      const iv = randomBytes(ivSize)
      const plain = Buffer.concat([key, checkOf(key)])
      const wrapped = await crypt(token, generation, { mode: '--encrypt', iv, input: plain })
      plain.fill(0)
      writeNew(fileOf(generation), Buffer.concat([iv, wrapped]))
    },
    async destroy(generation) {
      if ((await listObjects(token)).includes(labelOf(generation)))
        await call(token, ['--delete-object', '--type', 'secrkey', '--label', labelOf(generation)])
      if (existsSync(fileOf(generation))) destroyFile(fileOf(generation))
    },
    ...createNotes(folder),
  }
}

function parseWrapped(name: string): number | undefined {
  const digits = /^kek-([1-9][0-9]{0,8})\.wrapped$/u.exec(name)?.[1]
  return digits === undefined ? undefined : Number(digits)
}

// CBC has no tag of its own; a key that was altered shall not be taken for one.
function checkOf(key: Uint8Array): Buffer {
  return createHash('sha256').update('symbolon/kek-check').update(key).digest()
}

async function listObjects(token: Pkcs11Config): Promise<readonly string[]> {
  const output = await call(token, ['--list-objects', '--type', 'secrkey'])
  return [...output.matchAll(/^\s*label:\s*(\S+)\s*$/gmu)].map((match) => match[1] ?? '')
}

async function makeObject(token: Pkcs11Config, generation: number): Promise<void> {
  const id = generation.toString(16).padStart(8, '0')
  await call(token, ['--keygen', '--key-type', 'AES:32', '--label', labelOf(generation), '--id', id, '--sensitive'])
}

type Crypt = { readonly mode: '--encrypt' | '--decrypt'; readonly iv: Buffer; readonly input: Buffer }

/** The tool reads and writes files; they lie for this one call in a folder that only this user enters, and are overwritten. */
async function crypt(token: Pkcs11Config, generation: number, { mode, iv, input }: Crypt): Promise<Buffer> {
  const folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'symbolon-kek-'))
  const [from, to] = [join(folder, 'in'), join(folder, 'out')]
  try {
    writeFileSync(from, input, { mode: 0o600 })
    writeFileSync(to, '', { mode: 0o600 })
    const id = generation.toString(16).padStart(8, '0')
    await call(token, [mode, '--mechanism', 'AES-CBC', '--iv', iv.toString('hex'), '--id', id, '--input-file', from, '--output-file', to])
    return readFileSync(to)
  } finally {
    destroyFile(from)
    destroyFile(to)
    rmSync(folder, { recursive: true, force: true })
  }
}

async function call({ module, tokenLabel, pinFile, tool = 'pkcs11-tool' }: Pkcs11Config, args: readonly string[]): Promise<string> {
  // The PIN goes by the environment: the arguments of a process can be read by others.
  const pin = readFileSync(pinFile, 'utf8').trim()
  const env = { PATH: process.env['PATH'], SOFTHSM2_CONF: process.env['SOFTHSM2_CONF'], SYMBOLON_TOKEN_PIN: pin }
  const common = ['--module', module, '--token-label', tokenLabel, '--login', '--pin', 'env:SYMBOLON_TOKEN_PIN']
  try {
    return (await run(tool, [...common, ...args], { env, timeout: timeoutMs })).stdout
  } catch (cause) {
    throw new Fault('VAULT_TOKEN_FAILS', { retry: 'later', cause })
  }
}

import { generateKeyPairSync, randomBytes, sign, verify } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { assert } from '@symbolon/formats/result'

/** CPU seconds that something has used so far. Only differences mean anything. */
export type Meter = { readonly read: () => number }

/** This process, all its threads. */
export const ownMeter: Meter = {
  read: () => {
    const { user, system } = process.cpuUsage()
    return (user + system) / 1e6
  },
}

/** All threads of a process, in nanoseconds of the scheduler (/proc/PID/task/TID/schedstat); threads that have ended are left out. */
export function processMeter(...pids: readonly number[]): Meter {
  return { read: () => pids.flatMap(threadsOf).reduce((sum, file) => sum + nanosecondsOf(file), 0) / 1e9 }
}

/** A process and its children, as PostgreSQL has them. */
export function familyMeter(parent: number): Meter {
  return { read: () => processMeter(parent, ...childrenOf(parent)).read() }
}

function threadsOf(pid: number): readonly string[] {
  return tryTo(() => readdirSync(`/proc/${pid}/task`).map((thread) => `/proc/${pid}/task/${thread}/schedstat`)) ?? []
}

function nanosecondsOf(file: string): number {
  return Number(tryTo(() => readFileSync(file, 'utf8').split(' ')[0]) ?? 0)
}

function childrenOf(parent: number): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/u.test(name) && statOf(name)[1] === String(parent))
    .map(Number)
}

function statOf(pid: string): readonly string[] {
  const stat = tryTo(() => readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? ''
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')
}

// A process or a thread may end between listing and reading.
function tryTo<Value>(read: () => Value): Value | undefined {
  try {
    return read()
  } catch {
    return undefined
  }
}

/** The yardstick: plain Ed25519 verifications by node:crypto with an imported key, over bytes as long as a payment message. */
export function createYardstick(): { readonly measure: (verifications: number) => number } {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const message = randomBytes(187)
  const signature = sign(null, message, privateKey)
  return {
    measure(verifications) {
      const before = ownMeter.read()
      let valid = 0
      for (let index = 0; index < verifications; index += 1) valid += verify(null, message, publicKey, signature) ? 1 : 0
      assert(valid === verifications, 'every signature verifies')
      return ownMeter.read() - before
    },
  }
}

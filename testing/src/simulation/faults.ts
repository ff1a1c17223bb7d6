import type { Chance } from './random.ts'

/** Everything that may go wrong, and how often at each point where it can. */
export const faultRates = {
  'request lost': 0.04,
  'answer lost': 0.04,
  'request doubled': 0.04,
  'request late': 0.03,
  'older answer': 0.02,
  'forged word': 0.03,
  'app killed at a call': 0.016,
  'app killed before a write': 0.008,
  'app killed in a write': 0.008,
  'app killed after a write': 0.008,
  'write refused': 0.016,
  'write stored but reported failed': 0.016,
  'vault killed before a write': 0.012,
  'vault killed after a write': 0.012,
  'transaction lost': 0.008,
  'issuer late': 0.2,
} as const
export type FaultName = keyof typeof faultRates

/** Decides at each point of a run what happens there, counts it, and writes the run down. */
export type Faults = {
  /** One step of the run; stops it when its steps are used up. */
  step(what: string): void
  strikes(name: FaultName): boolean
  /** Calm: nothing goes wrong while the work runs. */
  calmly<Value>(work: () => Promise<Value>): Promise<Value>
  readonly counts: Readonly<Record<FaultName, number>>
  readonly steps: number
  /** The latest things that happened. */
  readonly recent: readonly string[]
  /** The whole run in one number, for comparing two replays. */
  readonly fingerprint: number
}

const remembered = 60

export function createFaults(chance: Chance): Faults {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the keys of one table
  const counts = Object.fromEntries(Object.keys(faultRates).map((name) => [name, 0])) as Record<FaultName, number>
  const recent: string[] = []
  let [steps, fingerprint, isCalm] = [0, 0x811c9dc5, false]
  const write = (line: string): void => {
    recent.push(line)
    if (recent.length > remembered) recent.shift()
    for (let index = 0; index < line.length; index += 1) fingerprint = Math.imul(fingerprint ^ line.charCodeAt(index), 0x01000193) >>> 0
  }
  return {
    counts,
    recent,
    get steps() {
      return steps
    },
    get fingerprint() {
      return fingerprint
    },
    step(what) {
      steps += 1
      write(`${steps} ${what}`)
    },
    strikes(name) {
      if (isCalm || !chance.happens(faultRates[name])) return false
      counts[name] += 1
      write(`    ${name}`)
      return true
    },
    async calmly(work) {
      isCalm = true
      try {
        return await work()
      } finally {
        isCalm = false
      }
    },
  }
}

import { spawn } from 'node:child_process'
import { generateKeyPairSync, sign, verify } from 'node:crypto'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { join } from 'node:path'
import { startInstallation, type TestInstallation } from '@symbolon/testing/installation'

/**
 * `node bench/dist/payments.js [PAYMENTS] [FILE]`: payments a second through every process of an installation, and CPU-µs a payment
 * by process, beside plain Ed25519 verifications a CPU-second in the same run. Devices run on the same cores, PIN stretching included.
 */
const count = process.argv[2] ?? '600'
const ticksPerSecond = 100

const system = await startInstallation()
try {
  // Enrolment and the first payments warm up caches and compilers; only the difference of the two runs is counted.
  const warm = await runCustomers(system, '24')
  const before = readAll(system)
  const yardstickBefore = verificationsPerCpuSecond()
  const run = await runCustomers(system, count)
  const after = readAll(system)
  const yardstick = (yardstickBefore + verificationsPerCpuSecond()) / 2
  const payments = run.approved + run.declined
  const byProcess = Object.fromEntries(
    [...after].map(([name, seconds]) => [name, Math.round(((seconds - (before.get(name) ?? 0)) * 1e6) / payments)]),
  )
  const total = Object.values(byProcess).reduce((sum, value) => sum + value, 0)
  const result = {
    measuredAt: new Date().toISOString(),
    processor: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    node: process.version,
    payments,
    failed: run.failed + warm.failed,
    secondsWithEnrolment: Number(run.seconds.toFixed(1)),
    paymentsPerSecondWithEnrolment: Number((payments / run.seconds).toFixed(1)),
    cpuMicrosecondsPerPayment: byProcess,
    cpuMicrosecondsPerPaymentWithoutDevices: total,
    ed25519VerificationsPerCpuSecond: Math.round(yardstick),
    onePaymentCostsVerifications: Math.round((total / 1e6) * yardstick),
  }
  if (process.argv[3] !== undefined) writeFileSync(process.argv[3], `${JSON.stringify(result, null, 2)}\n`)
  process.stdout.write(`${JSON.stringify(result, null, 2)}\n`)
} finally {
  await system.stop()
}

type CustomersResult = { readonly approved: number; readonly declined: number; readonly failed: number; readonly seconds: number }

/** The crowd of the demo, as a program of its own over HTTP. */
function runCustomers(installation: TestInstallation, payments: string): Promise<CustomersResult> {
  const startedAt = performance.now()
  const demo = new URL('../../packages/demo/dist/main.js', import.meta.url)
  const args = [demo.pathname, '--run', join(installation.home, 'run.json'), '--json', '--payments', payments]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  let output = ''
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString('utf8')))
  return new Promise((resolve, reject) => {
    child.on('exit', () => {
      const seconds = (performance.now() - startedAt) / 1_000
      const [, approved, declined, failed] = /"approved":(\d+),"declined":(\d+),"failed":(\d+)/u.exec(output) ?? []
      if (approved === undefined || declined === undefined || failed === undefined)
        reject(new Error('the customers said nothing that can be counted'))
      else resolve({ approved: Number(approved), declined: Number(declined), failed: Number(failed), seconds })
    })
  })
}

/** CPU seconds of every process of the installation; a database server with all its back ends, those that have ended included. */
function readAll(installation: TestInstallation): ReadonlyMap<string, number> {
  return new Map(
    installation.machinery().processes.map(({ name, pid }) => {
      const family = name.startsWith('postgres-') ? [pid, ...childrenOf(pid)] : [pid]
      return [name, family.reduce((sum, one) => sum + cpuSecondsOf(one, one === pid), 0)]
    }),
  )
}

// proc(5): fields 14 and 15 are the process's own user and system time, 16 and 17 those of children that it has waited for.
function cpuSecondsOf(pid: number, withEnded: boolean): number {
  const fields = statOf(pid)
  const times = fields.slice(11, withEnded ? 15 : 13)
  return times.reduce((sum, ticks) => sum + Number(ticks), 0) / ticksPerSecond
}

function statOf(pid: number): readonly string[] {
  try {
    const stat = readFileSync(`/proc/${String(pid)}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  } catch {
    return []
  }
}

function childrenOf(parent: number): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/u.test(name))
    .map(Number)
    .filter((pid) => Number(statOf(pid)[1]) === parent)
}

function verificationsPerCpuSecond(): number {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const message = Buffer.alloc(187, 7)
  const signature = sign(null, message, privateKey)
  const rounds = 5_000
  const start = process.cpuUsage()
  for (let round = 0; round < rounds; round += 1)
    if (!verify(null, message, publicKey, signature)) throw new Error('the yardstick is broken')
  const { user, system: kernel } = process.cpuUsage(start)
  return (rounds * 1e6) / (user + kernel)
}

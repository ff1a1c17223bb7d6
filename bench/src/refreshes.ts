import { fork } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { createDatabase, type Database } from '@symbolon/service/database'
import { prepareVault, startOperatorSchema } from '@symbolon/testing/vault'
import { createYardstick, familyMeter, processMeter } from './vault/meter.ts'
import { drawProgress } from './vault/progress.ts'

// node bench/dist/refreshes.js [REFRESHES] [WALLETS] [FILE]
// What refreshes cost the vault: its process over the private socket and a PostgreSQL that waits for its disk; simulated devices in two
// other processes. Growth of the tables and of the log that PostgreSQL writes ahead, autovacuum as it comes.

const [refreshes, wallets] = [Number(process.argv[2] ?? 100_000), Number(process.argv[3] ?? 128)]
const crowds = 2
const schema = await startOperatorSchema({ fsync: 'on', synchronous_commit: 'on' })
const place = prepareVault(schema.config('symbolon_vault'), { opensPerMinute: 100_000 })
const administrator = createDatabase(schema.administrator)
try {
  const vault = await place.start()
  const [meter, postgres, yardstick] = [processMeter(vault.pid), familyMeter(schema.postgres.pid), createYardstick()]
  const done = Array.from({ length: crowds }, () => 0)
  let start: { readonly vault: number; readonly postgres: number; readonly atMs: number; readonly size: Size } | undefined
  let ready = 0
  const program = fileURLToPath(new URL('./vault/refresh-crowd.js', import.meta.url))
  const settings = [
    place.socketPath,
    Buffer.from(place.vaultPublicKey).toString('hex'),
    String(wallets / crowds),
    String(refreshes / crowds),
  ]
  const children = done.map(() => fork(program, settings))
  await Promise.all(
    children.map(
      (child, index) =>
        new Promise<void>((resolve, reject) => {
          child.on('message', (message) => {
            if (message === 'ready') {
              ready += 1
              if (ready < crowds) return
              void measureSize(administrator).then((size) => {
                start = { vault: meter.read(), postgres: postgres.read(), atMs: Date.now(), size }
                for (const each of children) each.send('go')
              })
            } else if (typeof message === 'number') {
              done[index] = message
              drawProgress('refreshes', { done: done.reduce((sum, count) => sum + count, 0), total: refreshes })
            }
          })
          child.on('exit', (code) => (code === 0 ? resolve() : reject(new Error('a crowd of devices failed'))))
        }),
    ),
  )
  if (start === undefined) throw new Error('the crowds were never ready')
  const total = done.reduce((sum, count) => sum + count, 0)
  const seconds = (Date.now() - start.atMs) / 1_000
  const cpu = { vault: meter.read() - start.vault, postgres: postgres.read() - start.postgres }
  const size = await measureSize(administrator)
  const verification = (yardstick.measure(2_000) * 1e6) / 2_000
  const perRefresh = (value: number): number => Math.round((value * 1e6) / total)
  const result = {
    refreshes: total,
    wallets,
    seconds: Math.round(seconds),
    vaultCpuMicrosecondsPerRefresh: perRefresh(cpu.vault),
    postgresCpuMicrosecondsPerRefresh: perRefresh(cpu.postgres),
    verificationMicroseconds: Math.round(verification),
    verificationsPerRefresh: Math.round((perRefresh(cpu.vault) / verification) * 10) / 10,
    bytesPerRefresh: {
      wallets: Math.round((size.wallets - start.size.wallets) / total),
      signedMessages: Math.round((size.signed - start.size.signed) / total),
      writeAheadLog: Math.round((size.wal - start.size.wal) / total),
    },
    vaultCpuSecondsFor100000: Math.round(cpu.vault * (100_000 / total)),
  }
  if (process.argv[4] !== undefined) writeFileSync(process.argv[4], `${JSON.stringify(result, null, 2)}\n`)
  process.stdout.write(`${JSON.stringify(result)}\n`)
} finally {
  await administrator.close()
  await place.stop()
  await schema.stop()
}

type Size = { readonly wallets: number; readonly signed: number; readonly wal: number }

async function measureSize(owner: Database): Promise<Size> {
  const { rows } = await owner.query<{ wallets: bigint; signed: bigint; wal: string }>(
    `SELECT pg_total_relation_size('vault.wallets') AS wallets, pg_total_relation_size('vault.signed_messages') AS signed,
       pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::text AS wal`,
  )
  return { wallets: Number(rows[0]?.wallets ?? 0), signed: Number(rows[0]?.signed ?? 0), wal: Number(rows[0]?.wal ?? 0) }
}

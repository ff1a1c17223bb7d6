import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  createFileGenerations,
  createRotator,
  createSealer,
  createSlotTable,
  createWalletQueue,
  openKeyRing,
  verifyKeys,
} from '@symbolon/operator-vault/flows'
import { openPostgresWalletStore } from '@symbolon/operator-vault/wallet-store'
import { createDatabase, type Database } from '@symbolon/service/database'
import { startOperatorSchema } from '@symbolon/testing/vault'
import { createYardstick, familyMeter, ownMeter } from './vault/meter.ts'
import { drawProgress } from './vault/progress.ts'

// node bench/dist/rotation.js [WALLETS] [FILE]
// A rotation of key-encryption keys over wallets with a current, a pending and two retired epochs in a PostgreSQL that waits for its
// disk: seconds, CPU, growth. The vault's flows and store run in this process; nobody pays meanwhile.

const wallets = Number(process.argv[2] ?? 100_000)
const insertAtOnce = 1_000
const retiredEpochs = 2

const schema = await startOperatorSchema({ fsync: 'on', synchronous_commit: 'on' })
const folders = [1, 2].map(() => mkdtempSync(join(tmpdir(), 'symbolon-keys-')))
const database = createDatabase(schema.config('symbolon_vault'))
const administrator = createDatabase(schema.administrator)
try {
  const keys = await openKeyRing(folders.map(createFileGenerations), { onMissing: () => undefined, isFirstStart: async () => true })
  const sealer = createSealer(keys)
  await fill(administrator, sealer)
  await administrator.query('VACUUM ANALYZE vault.wallets')
  const store = await openPostgresWalletStore(database, () => undefined)
  const vault = { store, sealer, queue: createWalletQueue(), slots: createSlotTable(1), clock: { nowMs: () => Date.now() } }
  let failure: unknown
  const deps = { vault, keys, onFailure: (error: unknown) => (failure = error) }
  const rotator = createRotator(deps)
  const postgres = familyMeter(schema.postgres.pid)
  const yardstick = createYardstick()
  const sizeBefore = await measureSize(administrator)
  const before = { own: ownMeter.read(), postgres: postgres.read() }
  const progress = setInterval(() => drawProgress('wallets resealed', rotator.status()), 500)
  rotator.start()
  await rotator.ended()
  clearInterval(progress)
  drawProgress('wallets resealed', rotator.status())
  if (failure !== undefined) throw new Error('the rotation failed', { cause: failure })
  const cpu = { own: ownMeter.read() - before.own, postgres: postgres.read() - before.postgres }
  const sizeAfter = await measureSize(administrator)
  const rotated = rotator.status()
  const verifiedFrom = Date.now()
  const verified = await verifyKeys(deps)
  const result = {
    wallets,
    sealedValues: verified.values,
    seconds: rotated.seconds,
    vaultCpuMicrosecondsPerWallet: Math.round((cpu.own * 1e6) / wallets),
    postgresCpuMicrosecondsPerWallet: Math.round((cpu.postgres * 1e6) / wallets),
    verificationMicroseconds: Math.round((yardstick.measure(2_000) * 1e6) / 2_000),
    megabytesOfTable: { before: sizeBefore.table, after: sizeAfter.table },
    megabytesOfWalWritten: sizeAfter.wal - sizeBefore.wal,
    verified: verified.isVerified,
    oldRow: verified.oldRow,
    secondsOfVerifying: (Date.now() - verifiedFrom) / 1_000,
  }
  if (process.argv[3] !== undefined) writeFileSync(process.argv[3], `${JSON.stringify(result, null, 2)}\n`)
  process.stdout.write(`${JSON.stringify(result)}\n`)
} finally {
  await database.close()
  await administrator.close()
  await schema.stop()
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
}

async function fill(owner: Database, sealer: ReturnType<typeof createSealer>): Promise<void> {
  for (let done = 0; done < wallets; done += insertAtOnce) {
    const rows = Array.from({ length: Math.min(insertAtOnce, wallets - done) }, () => makeRow(sealer))
    await owner.query(
      `INSERT INTO vault.wallets (wallet_id, joint_public_key, device_key_kind, device_key, accept_hash, epoch_id, share_sealed, key_sealed,
         pending_epoch_id, pending_share_sealed, pending_key_sealed, pending_since_ms, retired_sealed, tries, counter, last_state)
       SELECT wallet_id, joint_public_key, 0, device_key, accept_hash, epoch_id, share_sealed, key_sealed,
         pending_epoch_id, pending_share_sealed, pending_key_sealed, 1, retired_sealed, 5, 0, 0
       FROM json_populate_recordset(NULL::vault.wallets, $1::json)`,
      [JSON.stringify(rows)],
    )
    drawProgress('wallets made', { done: done + rows.length, total: wallets })
  }
}

function makeRow(sealer: ReturnType<typeof createSealer>): object {
  const [walletId, epochId, pendingId] = [hex(16), hex(16), hex(16)]
  const seal = (epoch: string, column: 'share' | 'key' | 'retired'): string =>
    Buffer.from(sealer.seal({ walletId, epochId: epoch, column }, new Uint8Array(randomBytes(32)))).toString('hex')
  const retired = Array.from({ length: retiredEpochs }, () => hex(16))
  return {
    wallet_id: `\\x${walletId}`,
    joint_public_key: `\\x${hex(32)}`,
    device_key: `\\x${hex(91)}`,
    accept_hash: `\\x${hex(32)}`,
    epoch_id: `\\x${epochId}`,
    share_sealed: `\\x${seal(epochId, 'share')}`,
    key_sealed: `\\x${seal(epochId, 'key')}`,
    pending_epoch_id: `\\x${pendingId}`,
    pending_share_sealed: `\\x${seal(pendingId, 'share')}`,
    pending_key_sealed: `\\x${seal(pendingId, 'key')}`,
    retired_sealed: retired.map((epoch) => `\\x${epoch}${seal(epoch, 'retired')}`),
  }
}

function hex(size: number): string {
  return randomBytes(size).toString('hex')
}

async function measureSize(owner: Database): Promise<{ readonly table: number; readonly wal: number }> {
  const { rows } = await owner.query<{ table: bigint; wal: string }>(
    `SELECT pg_total_relation_size('vault.wallets') AS table, pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::text AS wal`,
  )
  return { table: Math.round(Number(rows[0]?.table ?? 0) / 1e6), wal: Math.round(Number(rows[0]?.wal ?? 0) / 1e6) }
}

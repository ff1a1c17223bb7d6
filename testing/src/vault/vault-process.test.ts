import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { base64urlToBytes } from '@symbolon/formats/bytes'
import { assert } from '@symbolon/formats/result'
import { openPostgresWalletStore, walletStoreContract } from '@symbolon/operator-vault/wallet-store'
import { createDatabase, type Database } from '@symbolon/service/database'
import { startOperatorSchema, type TestOperatorSchema } from '../operator-schema.ts'
import { draftPayment, TestDevice, type Sealed } from './test-device.ts'
import { prepareVault, type VaultPlace, type VaultProcess } from './vault-process.ts'

let schema: TestOperatorSchema
let database: Database
let place: VaultPlace
beforeAll(async () => {
  schema = await startOperatorSchema()
  // As the plane itself connects: what its grants do not allow fails here too.
  database = createDatabase(schema.config('symbolon_vault'))
  place = prepareVault(schema.config('symbolon_vault'))
})
afterAll(async () => {
  await place.stop()
  await database.close()
  await schema.stop()
})

const nowSeconds = (): number => Math.floor(Date.now() / 1_000)

describe("the vault's store in PostgreSQL keeps the contract, with the rights of the vault alone", () => {
  it.each(walletStoreContract)('$name', ({ check }) => check(() => openPostgresWalletStore(database, () => undefined)))

  it('a later owner waits for a write that is under way, and the next write of the earlier one fails', async () => {
    let lost = 0
    await openPostgresWalletStore(database, () => (lost += 1))
    const order: string[] = []
    const other = createDatabase(schema.config('symbolon_vault'))
    await database
      .transaction(async (queries) => {
        await queries.query(`SELECT number FROM vault.lease WHERE name = 'vault' FOR SHARE`)
        const taken = openPostgresWalletStore(other, () => undefined).then(() => order.push('taken'))
        await new Promise((resolve) => setTimeout(resolve, 200))
        order.push('written')
        return { taken }
      })
      .then(({ taken }) => taken)
    expect(order).toEqual(['written', 'taken'])
    expect(lost).toBe(0)
    await other.close()
  })
  it('refuses a database that answers before it has written', async () => {
    const lax = createDatabase({ ...schema.config('symbolon_vault'), poolSize: 1 })
    await lax.query('SET synchronous_commit = off')
    await expect(openPostgresWalletStore(lax, () => undefined)).rejects.toMatchObject({ code: 'VAULT_DATABASE_NOT_DURABLE' })
    await lax.close()
  })
})

async function sealed(vault: VaultProcess, device: TestDevice, pin = '270604'): Promise<Sealed & { readonly handle: string }> {
  expect((await device.open(vault.port)).kind).toBe('slot-accepted')
  const message = await device.seal(draftPayment(nowSeconds()), { pin })
  const checked = await vault.port.check(device.walletId, message.message)
  assert(checked.ok && checked.value.outcome === 'ready', 'the message is ready to be signed')
  return { ...message, handle: checked.value.handle }
}

describe('the vault as a process', () => {
  it('says on its private socket what it computes with; nobody else may connect', async () => {
    const vault = await place.start()
    const keyProtection = { signing: 'file', encryption: ['file'] }
    expect(await vault.client.call('GET', '/healthz')).toEqual({
      status: 200,
      body: { ok: true, backend: 'sodium-native', skipped: [], sealing: 'sodium-native', kekGeneration: 1, keyProtection },
    })
    expect(statSync(join(place.folder, 'vault.sock')).mode & 0o777).toBe(0o600)
    for (const name of readdirSync(join(place.folder, 'keys')).filter((file) => file.endsWith('.key'))) {
      expect(statSync(join(place.folder, 'keys', name)).mode & 0o777).toBe(0o600)
    }
    expect(await vault.client.call('POST', `/wallets/${'0'.repeat(32)}/sign`, { handle: 'x' })).toMatchObject({ status: 400 })
    expect(await vault.client.call('POST', `/wallets/${'0'.repeat(32)}/open`, { message: 'AAAA', extra: 1 })).toMatchObject({ status: 400 })
    expect(await vault.client.call('POST', `/wallets/${'0'.repeat(32)}/alarm`, { message: 'AAAA' })).toMatchObject({
      status: 422,
      body: { code: 'CUSTODY_REJECTED' },
    })
  })
  it('keygen keeps the keys that are there', () => {
    const program = fileURLToPath(new URL('../../../packages/operator/vault/dist/keygen.js', import.meta.url))
    const again = spawnSync(process.execPath, [program, '--keys', join(place.folder, 'keys')], { encoding: 'utf8' })
    expect(again.stdout).toBe(readFileSync(join(place.folder, 'keys', 'public.json'), 'utf8'))
    expect(JSON.parse(again.stdout)).toEqual({
      vaultPublicKey: Buffer.from(place.vaultPublicKey).toString('base64url'),
      keyProtection: { signing: 'file' },
    })
  })
  it('custody invariants 1, 2, 4 and 6 after kill -9', async () => {
    const first = await place.start()
    const device = await TestDevice.enrol(first.port, place.vaultPublicKey, nowSeconds())
    const paid = await sealed(first, device)
    const answer = await first.port.sign(device.walletId, paid.handle)
    assert(answer.ok && answer.value.outcome === 'signed', 'the right PIN signs')
    first.kill('SIGKILL')
    await first.exited
    const second = await place.start()
    expect(await second.port.check(device.walletId, paid.message)).toMatchObject({
      value: { outcome: 'repeated', done: answer.value.done },
    })
    expect(await second.port.sign(device.walletId, paid.handle)).toEqual(answer)
    await device.receiveDone(paid, base64urlToBytes(answer.value.done))
    const waiting = await sealed(second, device)
    second.kill('SIGKILL')
    await second.exited
    const third = await place.start()
    expect(await third.port.sign(device.walletId, waiting.handle)).toMatchObject({ problem: { code: 'CUSTODY_VOID' } })
    expect(await third.port.check(device.walletId, waiting.message)).toMatchObject({ problem: { code: 'CUSTODY_VOID' } })
    expect(await device.open(third.port)).toMatchObject({ kind: 'slot-accepted', tries: 5, settled: { outcome: 'not-signed' } })
    const path = `/wallets/${device.walletId}/attempts`
    const attempt = (message: Sealed): string => Buffer.from(message.signable.paymentAttemptId).toString('hex')
    expect(await third.client.call('GET', `${path}/${attempt(paid)}`)).toMatchObject({
      body: { outcome: 'signed', signed: answer.value.signed },
    })
    expect(await third.client.call('GET', `${path}/${attempt(waiting)}`)).toEqual({ status: 200, body: { outcome: 'not-signed' } })
  })
  it('kill -9 at any moment of signing: signed once, or void, and never a lost key', async () => {
    let vault = await place.start()
    const device = await TestDevice.enrol(vault.port, place.vaultPublicKey, nowSeconds())
    const outcomes = new Set<string>()
    for (let round = 0; round < 5; round += 1) {
      const message = await sealed(vault, device)
      const asked = vault.port.sign(device.walletId, message.handle).catch(() => undefined)
      await new Promise((resolve) => setTimeout(resolve, round * 2))
      vault.kill('SIGKILL')
      await vault.exited
      const heard = await asked
      vault = await place.start()
      const again = await vault.port.check(device.walletId, message.message)
      if (again.ok && again.value.outcome === 'repeated') {
        if (heard?.ok === true) expect(again.value.done).toBe(heard.value.done)
        await device.receiveDone(message, base64urlToBytes(again.value.done))
        outcomes.add('signed')
      } else {
        expect(again).toMatchObject({ problem: { code: 'CUSTODY_VOID' } })
        expect(heard).toBeUndefined()
        outcomes.add('void')
      }
      expect((await device.open(vault.port)).kind).toBe('slot-accepted')
    }
    const { rows } = await database.query<{ count: bigint }>(
      `SELECT count(*) FROM vault.signed_messages GROUP BY wallet_id, slot_id HAVING count(*) > 1`,
    )
    expect(rows).toEqual([])
    expect(outcomes.size).toBeGreaterThan(0)
  })
  it('stops when another vault has taken the lease', async () => {
    const first = await place.start('first.sock')
    const device = await TestDevice.enrol(first.port, place.vaultPublicKey, nowSeconds())
    const message = await sealed(first, device)
    await place.start('second.sock')
    expect(await first.port.sign(device.walletId, message.handle)).toMatchObject({ ok: false, problem: { status: 503 } })
    expect(await first.exited).toBe(0)
  })
})

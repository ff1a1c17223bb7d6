import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { base64urlToBytes } from '@symbolon/formats/bytes'
import { assert } from '@symbolon/formats/result'
import { createDatabase, type Database } from '@symbolon/service/database'
import { startOperatorSchema, type TestOperatorSchema } from '../operator-schema.ts'
import { draftPayment, TestDevice } from './test-device.ts'
import { prepareVault, type VaultPlace, type VaultProcess } from './vault-process.ts'

let schema: TestOperatorSchema
let owner: Database
let place: VaultPlace
let stores: readonly string[]
beforeAll(async () => {
  schema = await startOperatorSchema()
  owner = createDatabase(schema.administrator)
  place = prepareVault(schema.config('symbolon_vault'))
  stores = ['keys', 'second'].map((name) => join(place.folder, name))
})
afterAll(async () => {
  await place.stop()
  await owner.close()
  await schema.stop()
})

const nowSeconds = (): number => Math.floor(Date.now() / 1_000)
const start = (settings: Readonly<Record<string, unknown>> = {}): Promise<VaultProcess> =>
  place.start('vault.sock', { keyStores: stores.map((folder) => ({ folder })), ...settings })

async function pay(vault: VaultProcess, device: TestDevice): Promise<void> {
  expect((await device.open(vault.port)).kind).toBe('slot-accepted')
  const sealed = await device.seal(draftPayment(nowSeconds()))
  const checked = await vault.port.check(device.walletId, sealed.message)
  assert(checked.ok && checked.value.outcome === 'ready', 'the message is ready')
  const signed = await vault.port.sign(device.walletId, checked.value.handle)
  assert(signed.ok && signed.value.outcome === 'signed', 'the vault signs')
  await device.receiveDone(sealed, base64urlToBytes(signed.value.done))
}

async function rotate(vault: VaultProcess): Promise<unknown> {
  expect((await vault.client.call('POST', '/keys/rotate')).status).toBe(200)
  for (let look = 0; look < 200; look += 1) {
    const { body } = await vault.client.call('GET', '/keys/rotation')
    const state = (body as { state: string }).state
    if (state === 'finished' || state === 'failed') return body
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error('the rotation does not end')
}

describe('generations of key-encryption keys', () => {
  it('1.13-11: rotate while payments go on; a row of the old backup opens no more', async () => {
    const vault = await start()
    const devices: TestDevice[] = []
    for (let index = 0; index < 5; index += 1) devices.push(await TestDevice.enrol(vault.port, place.vaultPublicKey, nowSeconds()))
    for (const device of devices) await pay(vault, device)
    const oldKeys = stores.map((folder) => readFileSync(join(folder, 'kek-1.key')))
    expect(oldKeys[0]).toEqual(oldKeys[1])
    const backup = await owner.query<{ share_sealed: Buffer; key_sealed: Buffer; wallet_id: Buffer }>('SELECT * FROM vault.wallets')
    expect(backup.rows.every((row) => row.share_sealed.readUInt32BE() === 1)).toBe(true)
    let isRotating = true
    const paying = devices.map(async (device) => {
      for (let count = 0; count < 3 || isRotating; count += 1) await pay(vault, device)
    })
    const rotated = await rotate(vault)
    isRotating = false
    await Promise.all(paying)
    expect(rotated).toMatchObject({ state: 'finished', to: 2, done: 5, total: 5, destroyed: [1] })
    for (const folder of stores) {
      expect(existsSync(join(folder, 'kek-1.key'))).toBe(false)
      expect(existsSync(join(folder, 'kek-2.key'))).toBe(true)
    }
    const { body } = await vault.client.call('GET', '/keys')
    expect(body).toMatchObject({ newest: 2, signingKeyProtection: 'file', destroyed: [1] })
    expect((body as { values: { generation: number }[] }).values.map(({ generation }) => generation)).toEqual([2])
    expect((await vault.client.call('POST', '/keys/verify')).body).toMatchObject({
      isVerified: true,
      generationsMissing: [],
      destroyedButPresent: [],
      oldRow: 'does-not-open',
    })
    for (const device of devices) await pay(vault, device)
    // A thief of the backup and of every key that there is now.
    const [row] = backup.rows
    assert(row !== undefined, 'there is a row')
    await owner.query('UPDATE vault.wallets SET key_sealed = $2 WHERE wallet_id = $1', [row.wallet_id, row.key_sealed])
    expect((await vault.client.call('POST', '/keys/verify')).body).toMatchObject({ isVerified: false, generationsMissing: [1] })
    // The control: with the destroyed key put back, the same look says that the old row opens.
    const control = place.start('control.sock', { keyStores: [{ folder: join(place.folder, 'control') }] }).catch((error: unknown) => error)
    expect(await control).toBeInstanceOf(Error)
  })
  it('answers why a generation is not destroyed', async () => {
    const vault = await start()
    const destroy = async (generation: number) => (await vault.client.call('POST', '/keys/destroy', { generation })).body
    expect(await destroy(2)).toEqual({ outcome: 'newest' })
    expect(await destroy(1)).toEqual({ outcome: 'unknown' })
    expect((await vault.client.call('POST', '/keys/destroy', { generation: 0 })).status).toBe(400)
  })
})

describe('a database that was put back', () => {
  it('is refused at start unless it is named, once by each name; wallets that are ahead are counted', async () => {
    const vault = await start()
    const device = await TestDevice.enrol(vault.port, place.vaultPublicKey, nowSeconds())
    await pay(vault, device)
    const columns = await owner.query<Record<string, unknown>>('SELECT * FROM vault.wallets WHERE wallet_id = $1', [
      Buffer.from(device.walletId, 'hex'),
    ])
    const { rows } = await owner.query<{ value: bigint }>('SELECT value FROM vault.marks')
    const backupMark = rows[0]?.value
    assert(backupMark !== undefined && columns.rows.length === 1, 'a mark is written')
    await pay(vault, device)
    await pay(vault, device)
    const old = columns.rows[0]
    const stop = async (running: VaultProcess) => {
      running.kill('SIGTERM')
      await running.exited
    }
    await stop(vault)
    const putBack = async () => {
      await owner.query('UPDATE vault.marks SET value = $1', [backupMark])
      await owner.query(
        'UPDATE vault.wallets SET epoch_id = $2, share_sealed = $3, key_sealed = $4, retired_sealed = $5, pending_epoch_id = NULL, pending_share_sealed = NULL, pending_key_sealed = NULL, pending_since_ms = NULL WHERE wallet_id = $1',
        [old?.['wallet_id'], old?.['epoch_id'], old?.['share_sealed'], old?.['key_sealed'], old?.['retired_sealed']],
      )
    }
    await putBack()
    await expect(start()).rejects.toMatchObject({ cause: expect.stringContaining('a backup was put back') as unknown })
    const accepted = await start({ acceptRestore: 'backup-of-monday' })
    expect((await accepted.client.call('GET', '/healthz')).body).toMatchObject({ restore: 'backup-of-monday', walletsAhead: 0 })
    expect(await device.open(accepted.port)).toMatchObject({ kind: 'problem', code: 'CUSTODY_WALLET_UNKNOWN' })
    expect((await accepted.client.call('GET', '/keys')).body).toMatchObject({ restore: { name: 'backup-of-monday', walletsAhead: 1 } })
    await stop(accepted)
    await stop(await start())
    await putBack()
    await expect(start({ acceptRestore: 'backup-of-monday' })).rejects.toThrow()
    await stop(await start({ acceptRestore: 'backup-of-tuesday' }))
  })
  it('is not suspected after kill -9', async () => {
    const vault = await start()
    const device = await TestDevice.enrol(vault.port, place.vaultPublicKey, nowSeconds())
    await pay(vault, device)
    vault.kill('SIGKILL')
    await vault.exited
    await pay(await start(), device)
  })
  it('starts with one key store alone, and says so', async () => {
    writeFileSync(join(place.folder, 'not-a-folder'), '')
    const vault = await start({ keyStores: [{ folder: join(place.folder, 'not-a-folder') }, { folder: stores[1] }] })
    expect((await vault.client.call('GET', '/keys')).body).toMatchObject({ newest: 2 })
  })
})

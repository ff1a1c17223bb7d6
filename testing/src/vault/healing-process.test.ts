import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { encodeSignable, hashStopCode, verifyClosingStatement, type SignableMessage } from '@symbolon/custody/device'
import { base64urlToBytes, bytesToHex, hexToBytes } from '@symbolon/formats/bytes'
import { assert } from '@symbolon/formats/result'
import { createDatabase, type Database } from '@symbolon/service/database'
import { startOperatorSchema, type TestOperatorSchema } from '../operator-schema.ts'
import { draftPayment, TestDevice, type Draft, type Paid } from './test-device.ts'
import { prepareVault, type VaultPlace, type VaultProcess } from './vault-process.ts'

// The vault as a process on PostgreSQL: what the routes of its private socket do to the rows.
let schema: TestOperatorSchema
let database: Database
let place: VaultPlace
let vault: VaultProcess
beforeAll(async () => {
  schema = await startOperatorSchema()
  database = createDatabase(schema.config('symbolon_vault'))
  place = prepareVault(schema.config('symbolon_vault'))
  vault = await place.start()
})
afterAll(async () => {
  await place.stop()
  await database.close()
  await schema.stop()
})

const nowSeconds = (): number => Math.floor(Date.now() / 1_000)
const enrol = (): Promise<TestDevice> => TestDevice.enrol(vault.port, place.vaultPublicKey, nowSeconds())

function draftShort(kind: 'refresh' | 'pinset' | 'close' | 'record', paymentAttemptId = new Uint8Array(16).fill(5)): Draft {
  return ({ walletId, slotHash }) => ({ kind, walletId, slotHash, paymentAttemptId, expiresAt: nowSeconds() + 60 })
}
const draftBind =
  (device: TestDevice): Draft =>
  ({ walletId, slotHash }): SignableMessage => ({
    kind: 'bind',
    walletId,
    slotHash,
    paymentAttemptId: new Uint8Array(16).fill(6),
    walletKey: device.walletKey,
    deviceKey: device.publicKey,
    operatorId: new Uint8Array(16).fill(7),
    issuerNonce: new Uint8Array(16).fill(8),
    expiresAt: nowSeconds() + 60,
  })

/** One exchange as far as the device's opened answer. */
async function exchange(device: TestDevice, draft: Draft): Promise<Paid | { readonly kind: 'refused'; readonly code: string }> {
  expect((await device.open(vault.port)).kind).toBe('slot-accepted')
  const sealed = await device.seal(draft)
  expect(encodeSignable(sealed.signable).length).toBeLessThanOrEqual(1_024)
  const checked = await vault.port.check(device.walletId, sealed.message)
  if (!checked.ok) return { kind: 'refused', code: checked.problem.code }
  assert(checked.value.outcome === 'ready', 'a fresh message is ready')
  const answer = await vault.port.sign(device.walletId, checked.value.handle)
  assert(answer.ok, 'the vault answers')
  return await device.receiveDone(sealed, base64urlToBytes(answer.value.done))
}

const rowOf = async (device: TestDevice) =>
  (await database.query<Record<string, unknown>>('SELECT * FROM vault.wallets WHERE wallet_id = $1', [hexToBytes(device.walletId)]))
    .rows[0] ?? {}
const halvesOf = async (device: TestDevice): Promise<readonly string[]> =>
  (
    await database.query<{ half: string }>(`SELECT encode(half_sealed, 'hex') AS half FROM vault.records WHERE wallet_id = $1`, [
      hexToBytes(device.walletId),
    ])
  ).rows.map(({ half }) => half)

describe('a closed wallet', () => {
  it('has no share, no key, no MAC key, no record and no stop code in its rows; the statement stands and is told to whoever asks', async () => {
    const device = await enrol()
    expect(await exchange(device, draftBind(device))).toMatchObject({ kind: 'signed' })
    expect(await exchange(device, draftShort('refresh'))).toMatchObject({ kind: 'signed' })
    expect(await halvesOf(device)).toHaveLength(1)
    const closed = await exchange(device, draftShort('close'))
    assert(closed.kind === 'signed', 'the right PIN closes')
    const expected = { vaultPublicKey: place.vaultPublicKey, walletId: hexToBytes(device.walletId) }
    expect(verifyClosingStatement(closed.payload, expected)).toMatchObject({
      ok: true,
      value: { epochId: hexToBytes(device.state.stored.current.eid) },
    })
    const row = await rowOf(device)
    for (const column of ['share_sealed', 'key_sealed']) expect(row[column]).toHaveLength(0)
    for (const column of [
      'pending_epoch_id',
      'pending_share_sealed',
      'pending_key_sealed',
      'pending_rerandomiser_sealed',
      'stop_code_hash',
    ]) {
      expect(row[column]).toBeNull()
    }
    expect([row['retired_sealed'], row['tries']]).toEqual([[], 0])
    expect(await halvesOf(device)).toEqual([])
    expect(new Uint8Array(row['closing_statement'] as Buffer)).toEqual(closed.payload)
    const asked = await vault.port.open(device.walletId, device.openMessage())
    expect(asked).toMatchObject({
      problem: { code: 'CUSTODY_CLOSED', closingStatement: Buffer.from(closed.payload).toString('base64url') },
    })
    expect(await vault.client.call('POST', `/wallets/${device.walletId}/alarm`, { message: 'AAAA' })).toMatchObject({ status: 422 })
  })
})

describe('the stop code', () => {
  it('freezes by its hash, and answers nothing for any other', async () => {
    const device = await enrol()
    expect(await vault.client.call('POST', '/stops', { codeHash: 'ab'.repeat(32) })).toEqual({ status: 200, body: {} })
    expect(await vault.client.call('POST', '/stops', { code: 'A'.repeat(25) })).toMatchObject({ status: 400 })
    const codeHash = bytesToHex(hashStopCode(device.stopCode))
    expect(await vault.client.call('POST', '/stops', { codeHash })).toEqual({ status: 200, body: { walletId: device.walletId } })
    expect(await rowOf(device)).toMatchObject({ frozen: true, frozen_reason: 'stop-code' })
    expect(await device.open(vault.port)).toEqual({ kind: 'problem', code: 'CUSTODY_FROZEN' })
  })
})

describe('a demanded refresh', () => {
  const demand = (scope: object, deadlineSeconds = 600) => vault.client.call('POST', '/demands', { scope, deadlineSeconds })

  it('moves the record half, and clears the mark when its epoch lives', async () => {
    const device = await enrol()
    await exchange(device, draftBind(device))
    expect((await device.open(vault.port)).kind).toBe('slot-accepted')
    const before = await halvesOf(device)
    expect(await demand({ kind: 'wallet', walletId: device.walletId })).toEqual({ status: 200, body: { marked: 1 } })
    for (const draft of [draftPayment(nowSeconds()), draftShort('pinset'), draftShort('record', new Uint8Array(16).fill(6))]) {
      expect(await exchange(device, draft)).toEqual({ kind: 'refused', code: 'CUSTODY_REFRESH_REQUIRED' })
    }
    expect(await rowOf(device)).toMatchObject({ tries: 5, counter: 1n })
    expect(await exchange(device, draftShort('refresh'))).toMatchObject({ kind: 'signed' })
    expect(await rowOf(device)).not.toMatchObject({ demand_since_ms: null })
    expect(await exchange(device, draftPayment(nowSeconds()))).toMatchObject({ kind: 'signed' })
    expect(await rowOf(device)).toMatchObject({ demand_since_ms: null, demand_deadline_ms: null })
    const after = await halvesOf(device)
    expect([after.length, after[0] === before[0]]).toEqual([1, false])
  })
  it('is made by the operator with one command', async () => {
    const device = await enrol()
    const home = mkdtempSync(join(tmpdir(), 'symbolon-home-'))
    mkdirSync(join(home, 'config'))
    writeFileSync(join(home, 'config', 'vault.json'), JSON.stringify({ listen: { socketPath: join(place.folder, 'vault.sock') } }), {
      mode: 0o600,
    })
    const program = fileURLToPath(new URL('../../../packages/cli/bin/symbolon.js', import.meta.url))
    const run = (...words: readonly string[]) =>
      spawnSync(process.execPath, [program, 'refresh', ...words], { encoding: 'utf8', env: { ...process.env, SYMBOLON_HOME: home } })
    expect(run('--wallet', device.walletId, '--days', '2', '--json')).toMatchObject({ status: 0, stdout: '{"version":1,"marked":1}\n' })
    expect(run('--wallet', device.walletId, '--all').status).toBe(2)
    rmSync(home, { recursive: true })
    expect(await exchange(device, draftPayment(nowSeconds()))).toEqual({ kind: 'refused', code: 'CUSTODY_REFRESH_REQUIRED' })
    const row = await rowOf(device)
    expect(Number(row['demand_deadline_ms']) - Number(row['demand_since_ms'])).toBe(2 * 86_400_000)
  })
  it('reaches a group or everybody, and is refused in any other form', async () => {
    const device = await enrol()
    const group = Number.parseInt(device.walletId.slice(0, 2), 16)
    expect(await demand({ kind: 'group', group })).toMatchObject({ status: 200, body: { marked: expect.any(Number) } })
    expect(await exchange(device, draftPayment(nowSeconds()))).toEqual({ kind: 'refused', code: 'CUSTODY_REFRESH_REQUIRED' })
    const other = await enrol()
    expect(await demand({ kind: 'all' })).toMatchObject({ status: 200 })
    expect(await exchange(other, draftPayment(nowSeconds()))).toEqual({ kind: 'refused', code: 'CUSTODY_REFRESH_REQUIRED' })
    for (const [scope, seconds] of [
      [{ kind: 'group', group: 256 }, 600],
      [{ kind: 'group' }, 600],
      [{ kind: 'all', group: 1 }, 600],
      [{ kind: 'all' }, 59],
    ] as const) {
      expect(await demand(scope, seconds)).toMatchObject({ status: 400 })
    }
  })
})

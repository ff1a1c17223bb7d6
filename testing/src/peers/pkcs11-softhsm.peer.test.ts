import { spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { base64urlToBytes } from '@symbolon/formats/bytes'
import { assert } from '@symbolon/formats/result'
import { createFileGenerations, createPkcs11Generations, createSealer, openKeyRing } from '@symbolon/operator-vault/flows'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startOperatorSchema, type TestOperatorSchema } from '../operator-schema.ts'
import { draftPayment, TestDevice } from '../vault/test-device.ts'
import { prepareVault, type VaultPlace, type VaultProcess } from '../vault/vault-process.ts'
import { findSoftHsm, isPeerReady } from './peer-tools.ts'

const { module, problem } = findSoftHsm()
const place = { walletId: '01'.repeat(16), epochId: '02'.repeat(16), column: 'key' } as const
const secret = new Uint8Array(32).fill(7)
const options = { onMissing: () => undefined, isFirstStart: async () => true }

describe.runIf(isPeerReady('SoftHSM2', problem))('key-encryption keys behind a PKCS #11 token', () => {
  let folder: string
  const token = () => ({ module, tokenLabel: 'symbolon', pinFile: join(folder, 'pin') })
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'symbolon-hsm-'))
    mkdirSync(join(folder, 'tokens'))
    writeFileSync(join(folder, 'softhsm2.conf'), `directories.tokendir = ${join(folder, 'tokens')}\nobjectstore.backend = file\n`)
    writeFileSync(join(folder, 'pin'), '87654321\n', { mode: 0o600 })
    process.env['SOFTHSM2_CONF'] = join(folder, 'softhsm2.conf')
    const made = spawnSync('softhsm2-util', ['--init-token', '--free', '--label', 'symbolon', '--so-pin', '12345678', '--pin', '87654321'])
    assert(made.status === 0, 'a token is made')
  })
  afterAll(() => {
    delete process.env['SOFTHSM2_CONF']
    rmSync(folder, { recursive: true, force: true })
  })

  it('are wrapped: the folder has no key, and another process unwraps the same one', async () => {
    const keys = join(folder, 'wrapped')
    const sealed = createSealer(await openKeyRing([createPkcs11Generations(keys, token())], options)).seal(place, secret)
    expect(readdirSync(keys)).toEqual(['kek-1.wrapped'])
    const again = await openKeyRing([createPkcs11Generations(keys, token())], { ...options, isFirstStart: async () => false })
    expect(again.protections).toEqual(['pkcs11'])
    expect(createSealer(again).open(place, sealed)).toEqual(secret)
    // The token's key cannot be read out: it is made there as sensitive and never extractable.
    const listed = spawnSync('pkcs11-tool', [
      '--module',
      module,
      '--token-label',
      'symbolon',
      '--login',
      '--pin',
      '87654321',
      '-O',
      '--type',
      'secrkey',
    ])
    expect(listed.stdout.toString()).toMatch(/symbolon-kek-1[\s\S]*sensitive, always sensitive, never extractable, local/u)
  })
  it('an altered file, a wrong PIN and another token are faults, not keys', async () => {
    const keys = join(folder, 'altered')
    const store = createPkcs11Generations(keys, token())
    await store.write(5, secret.slice())
    const file = join(keys, 'kek-5.wrapped')
    const whole = readFileSync(file)
    for (const index of [0, 20, 70]) {
      writeFileSync(
        file,
        whole.map((byte, position) => (position === index ? byte ^ 1 : byte)),
      )
      await expect(store.read(5)).rejects.toMatchObject({ code: 'VAULT_KEY_FILE_INVALID' })
    }
    writeFileSync(file, whole)
    expect(await store.read(5)).toEqual(secret)
    writeFileSync(join(folder, 'wrong-pin'), '11111111\n')
    const wrong = createPkcs11Generations(keys, { ...token(), pinFile: join(folder, 'wrong-pin') })
    await expect(wrong.read(5)).rejects.toMatchObject({ code: 'VAULT_TOKEN_FAILS' })
    await expect(createPkcs11Generations(keys, { ...token(), tokenLabel: 'other' }).list()).rejects.toMatchObject({
      code: 'VAULT_TOKEN_FAILS',
    })
    await store.destroy(5)
  })
  it('a destroyed object makes a copy of the file worthless', async () => {
    const keys = join(folder, 'destroyed')
    const stores = [createPkcs11Generations(keys, token())]
    const ring = await openKeyRing(stores, options)
    const sealer = createSealer(ring)
    const old = sealer.seal(place, secret)
    const next = await ring.addGeneration()
    copyFileSync(join(keys, `kek-${next - 1}.wrapped`), join(folder, 'copy'))
    await ring.destroyGeneration(next - 1)
    expect(existsSync(join(keys, `kek-${next - 1}.wrapped`))).toBe(false)
    expect(() => sealer.open(place, old)).toThrow()
    copyFileSync(join(folder, 'copy'), join(keys, `kek-${next - 1}.wrapped`))
    await expect(stores[0]?.read(next - 1)).rejects.toMatchObject({ code: 'VAULT_TOKEN_FAILS' })
  })
  it('lie beside a file store: each is enough', async () => {
    const [files, wrapped] = [join(folder, 'both-files'), join(folder, 'both-wrapped')]
    const stores = [createFileGenerations(files), createPkcs11Generations(wrapped, token())]
    await stores[0]?.write(40, secret.slice())
    const sealed = createSealer(await openKeyRing(stores, options)).seal(place, secret)
    rmSync(files, { recursive: true })
    expect(createSealer(await openKeyRing(stores, options)).open(place, sealed)).toEqual(secret)
    expect(readdirSync(files)).toEqual(['kek-40.key'])
  })

  describe('in the vault process', () => {
    let schema: TestOperatorSchema
    let vaultPlace: VaultPlace
    beforeAll(async () => {
      schema = await startOperatorSchema()
      vaultPlace = prepareVault(schema.config('symbolon_vault'))
    })
    afterAll(async () => {
      await vaultPlace.stop()
      await schema.stop()
    })
    it('a payment, a rotation, a restart with the token alone', async () => {
      const second = { folder: join(folder, 'vault'), pkcs11: token() }
      const first = await vaultPlace.start('first.sock', { keyStores: [{ folder: join(vaultPlace.folder, 'keys') }, second] })
      const now = (): number => Math.floor(Date.now() / 1_000)
      const device = await TestDevice.enrol(first.port, vaultPlace.vaultPublicKey, now())
      await pay(first, device, now())
      expect((await first.client.call('GET', '/healthz')).body).toMatchObject({
        keyProtection: { signing: 'file', encryption: ['file', 'pkcs11'] },
      })
      await first.client.call('POST', '/keys/rotate')
      await expect
        .poll(async () => (await first.client.call('GET', '/keys/rotation')).body, { timeout: 60_000 })
        .toMatchObject({ state: 'finished', to: 2 })
      expect((await first.client.call('POST', '/keys/verify')).body).toMatchObject({ isVerified: true, oldRow: 'does-not-open' })
      first.kill('SIGTERM')
      await first.exited
      const alone = await vaultPlace.start('second.sock', { keyStores: [second] })
      await pay(alone, device, now())
      expect((await alone.client.call('GET', '/healthz')).body).toMatchObject({
        keyProtection: { encryption: ['pkcs11'] },
        kekGeneration: 2,
      })
    })
  })
})

async function pay(vault: VaultProcess, device: TestDevice, nowSeconds: number): Promise<void> {
  assert((await device.open(vault.port)).kind === 'slot-accepted', 'a slot is given')
  const sealed = await device.seal(draftPayment(nowSeconds))
  const checked = await vault.port.check(device.walletId, sealed.message)
  assert(checked.ok && checked.value.outcome === 'ready', 'the message is ready')
  const signed = await vault.port.sign(device.walletId, checked.value.handle)
  assert(signed.ok && signed.value.outcome === 'signed', 'the vault signs')
  await device.receiveDone(sealed, base64urlToBytes(signed.value.done))
}

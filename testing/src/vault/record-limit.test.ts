import { expect, it } from 'vitest'
import { base64urlToBytes } from '@symbolon/formats/bytes'
import { assert } from '@symbolon/formats/result'
import { TestDevice, type Draft } from './test-device.ts'
import { operatorId, startTestVault } from './test-vault.ts'

it('a wallet binds 32 times and no more: a refresh moves the half of every binding', async () => {
  const vault = await startTestVault()
  const device = await TestDevice.enrol(vault.port, vault.vaultPublicKey, vault.nowSeconds())
  const draft =
    (number: number): Draft =>
    ({ walletId, slotHash }) => ({
      kind: 'bind',
      walletId,
      slotHash,
      paymentAttemptId: new Uint8Array(16).fill(number),
      walletKey: device.walletKey,
      deviceKey: device.publicKey,
      operatorId,
      issuerNonce: new Uint8Array(16).fill(number),
      expiresAt: vault.nowSeconds() + 60,
    })
  const checkOne = async (number: number) => {
    expect((await device.open(vault.port)).kind).toBe('slot-accepted')
    const sealed = await device.seal(draft(number))
    return { sealed, checked: await vault.port.check(device.walletId, sealed.message) }
  }
  for (let number = 1; number <= 32; number += 1) {
    const { sealed, checked } = await checkOne(number)
    assert(checked.ok && checked.value.outcome === 'ready', 'a binding fits')
    const signed = await vault.port.sign(device.walletId, checked.value.handle)
    assert(signed.ok, 'the right PIN signs')
    await device.receiveDone(sealed, base64urlToBytes(signed.value.done))
  }
  expect((await checkOne(33)).checked).toMatchObject({ ok: false, problem: { code: 'CUSTODY_REJECTED' } })
  expect(vault.memory.wallets.get(device.walletId)?.stored.tries).toBe(5)
})

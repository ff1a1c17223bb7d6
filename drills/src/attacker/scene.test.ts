import { expect, test } from 'vitest'
import { card, startScene } from './scene.ts'

test('a device enrols and pays with the vault’s real flows, over a recorded line, across a restart and a copy', async () => {
  const scene = await startScene()
  const device = await scene.createDevice()
  const walletId = await device.create()
  expect(await device.enrol(card)).toMatch(/^[0-9a-f]{32}$/u)
  expect(scene.issuer.cards).toEqual([card])
  expect(await device.pay(scene.order())).toMatchObject({ kind: 'paid', payment: { state: 'captured' } })
  scene.restartVault()
  expect(await device.pay(scene.order(), '000000')).toEqual({ kind: 'wrong-pin', triesLeft: 4 })
  await device.reload()
  expect(await device.pay(scene.order())).toMatchObject({ kind: 'paid' })
  expect(scene.wire.recorded.some(({ request }) => request.url.endsWith(`/${walletId}/pay`))).toBe(true)
  expect(device.medium.written.length).toBeGreaterThan(4)
  // A binding and two payments left signed; the wrong PIN signed nothing.
  expect(scene.relay.signed).toHaveLength(3)
  // The step after a signature runs by itself; whatever is asked next waits for it.
  await device.sdk().loadWallet()
  const copy = await device.copy()
  expect(copy.medium.snapshot()).toEqual(device.medium.snapshot())
})

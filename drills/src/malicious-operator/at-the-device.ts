import { merchantKeysPath } from '@symbolon/contracts/payment-request'
import type { SignedMessage } from '@symbolon/contracts/planes'
import { problemAnswer } from '../attacker/answers.ts'
import type { Device } from '../attacker/device.ts'
import { shopOrigin, type Scene } from '../attacker/scene.ts'
import { createShop, type Shop } from '../attacker/shop.ts'

/** Tries to make the device sign for another shop, and answers how many messages it signed. */
export async function offerFalseOrders(scene: Scene, device: Device): Promise<number> {
  const before = scene.relay.signed.length
  const honest = scene.wire.intercept
  for (const falsify of [swapOrder, swapOrderAndKeys, swapShownAmount]) {
    const paymentId = scene.order()
    falsify(scene, paymentId)
    await device.sdk().loadPayment(paymentId)
    await device.sdk().confirmPayment(paymentId, { pin: device.pin, instalmentMonths: 0 })
    scene.wire.intercept = honest
  }
  return scene.relay.signed.length - before
}

/** The same shop by name and address, another key, a higher price. */
function swapOrder(scene: Scene, paymentId: string): Shop {
  // A certificate can be copied, not made: the false shop shows the one of the true shop's key.
  const [certificate] = scene.shop.keys().merchants[0]?.keys[0]?.certificates ?? []
  if (certificate === undefined) throw new Error('the shop shows a certificate')
  const nowSeconds = (): number => scene.vault().nowSeconds()
  const falseShop = createShop(shopOrigin, scene.shop.slug, { nowSeconds, certify: () => certificate })
  const { request, compactJws } = falseShop.signRequest({ amountMinorUnits: '990000' })
  const { orderId, amountMinorUnits, expiresAt } = request
  changeOrder(scene, paymentId, { request: compactJws, payment: { orderId, amountMinorUnits, expiresAt } })
  return falseShop
}

/** Besides, the false shop's keys are answered at the true shop's address. */
function swapOrderAndKeys(scene: Scene, paymentId: string): void {
  const falseShop = swapOrder(scene, paymentId)
  scene.wire.intercept = async (request, forward) =>
    request.url.endsWith(merchantKeysPath) ? { status: 200, body: falseShop.keys() } : await forward(request)
}

/** The page says 100, the merchant signed 990,000. */
function swapShownAmount(scene: Scene, paymentId: string): void {
  const { request, compactJws } = scene.shop.signRequest({ amountMinorUnits: '990000' })
  changeOrder(scene, paymentId, { request: compactJws, payment: { orderId: request.orderId, amountMinorUnits: '100' } })
}

type OrderChange = { readonly request?: string; readonly payment: object }
function changeOrder({ relay }: Scene, paymentId: string, { request, payment }: OrderChange): void {
  const order = relay.orders.get(paymentId)
  if (order === undefined) throw new Error('the order was placed a moment ago')
  relay.orders.set(paymentId, { ...order, ...(request === undefined ? {} : { request }), payment: { ...order.payment, ...payment } })
}

/** After the person has seen the order, another one is put in its place: what is signed must be what was seen. */
export async function swapAfterShowing(scene: Scene, device: Device): Promise<{ readonly shown: bigint; readonly signed: SignedMessage }> {
  const paymentId = scene.order()
  await device.sdk().loadPayment(paymentId)
  const { request, compactJws } = scene.shop.signRequest({ amountMinorUnits: '990000' })
  changeOrder(scene, paymentId, { request: compactJws, payment: { orderId: request.orderId, amountMinorUnits: '990000' } })
  await device.sdk().confirmPayment(paymentId, { pin: device.pin, instalmentMonths: 0 })
  return { shown: 12_000n, signed: lastSigned(scene) }
}

/**
 * Lets the vault sign, tells the device that it failed, shows the payment as declined, and lets the person try the same order again:
 * once under the same payment, once under a new one with the merchant's same request. Answers every signature for the one order.
 */
export async function collectSignatures(scene: Scene, device: Device): Promise<readonly SignedMessage[]> {
  const before = scene.relay.signed.length
  const paymentId = scene.order()
  const order = scene.relay.orders.get(paymentId)
  if (order === undefined) throw new Error('the order was placed a moment ago')
  const { wire } = scene
  const honest = wire.intercept
  wire.intercept = async (request, forward) => {
    const answer = await forward(request)
    if (request.url.endsWith('/pay')) return problemAnswer('CUSTODY_REFUSED')
    return request.url.includes('/attempts/') ? { status: 200, body: { ...order.payment, state: 'declined' } } : answer
  }
  await confirm(device, paymentId)
  wire.intercept = honest
  // The payment stands as if nothing had happened, so the person pays again.
  scene.relay.orders.set(paymentId, order)
  await confirm(device, paymentId)
  const again = scene.order()
  scene.relay.orders.set(again, { ...order, payment: { ...order.payment, paymentId: again } })
  await confirm(device, again)
  return scene.relay.signed.slice(before)
}

async function confirm(device: Device, paymentId: string): Promise<void> {
  await device.sdk().loadPayment(paymentId)
  await device.sdk().confirmPayment(paymentId, { pin: device.pin, instalmentMonths: 0 })
}

/** A genuine payment, honestly confirmed, whose message is now the operator's. */
export async function signGenuine(scene: Scene, device: Device): Promise<SignedMessage> {
  const outcome = await device.pay(scene.order())
  if (outcome.kind !== 'paid') throw new Error('a payment before the attack failed')
  return lastSigned(scene)
}

function lastSigned({ relay }: Scene): SignedMessage {
  const last = relay.signed.at(-1)
  if (last === undefined) throw new Error('nothing was signed')
  return last
}

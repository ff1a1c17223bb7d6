import { appendFileSync, closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Type, type Static } from 'typebox'
import { Value } from 'typebox/value'
import { PaymentRequest } from '@symbolon/contracts/payment-request'

const OrderLine = Type.Object({
  orderId: Type.String(),
  slug: Type.String(),
  compactJws: Type.String(),
  request: PaymentRequest,
  paymentId: Type.Optional(Type.String()),
})
export type Order = Static<typeof OrderLine>

/** The mall's orders. A saved order is on disk when `save` returns; the last line of an order id wins. */
export type OrderJournal = { find(orderId: string): Order | undefined; save(order: Order): void; close(): void }

export function openOrderJournal(folder: string): OrderJournal {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const path = join(folder, 'orders.jsonl')
  const orders = existsSync(path) ? readOrders(readFileSync(path, 'utf8')) : new Map<string, Order>()
  const file = openSync(path, 'a', 0o600)
  return {
    find: (orderId) => orders.get(orderId),
    save: (order) => {
      appendFileSync(file, `${JSON.stringify(order)}\n`)
      fsyncSync(file)
      orders.set(order.orderId, order)
    },
    close: () => closeSync(file),
  }
}

// A process killed while it wrote leaves half a line at the end; that order was never answered.
function readOrders(text: string): Map<string, Order> {
  const orders = new Map<string, Order>()
  for (const line of text.split('\n')) {
    try {
      const order: unknown = JSON.parse(line)
      if (Value.Check(OrderLine, order)) orders.set(order.orderId, order)
    } catch {
      continue
    }
  }
  return orders
}

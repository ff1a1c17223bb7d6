import { createDevicePrimitives, verifySlot, type Slot } from '@symbolon/custody/device'
import { base64urlToBytes } from '@symbolon/formats/bytes'
import { textMembers } from './answers.ts'
import type { Exchange, Wire } from './wire.ts'

/** The recorded exchanges of one wallet whose path ends so, oldest first. */
export function exchangesOf(wire: Wire, walletId: string, verb: 'open' | 'pay' | 'alarm'): readonly Exchange[] {
  return wire.recorded.filter(({ request }) => new URL(request.url).pathname === `/v1/wallets/${walletId}/${verb}`)
}

/** The messages that a device sent, as they went over the line. */
export function messagesOf(exchanges: readonly Exchange[]): readonly string[] {
  return exchanges.flatMap(({ request }) => textMembers(request.body)['message'] ?? [])
}

const openFrameBytes = 3 * 18
const macBytes = 32

/** Reads what a listener can of an exchange of `open`: epoch and query of the question, the whole slot of the answer. */
export async function createOpenReader(vaultPublicKey: Uint8Array): Promise<(exchange: Exchange) => Slot | undefined> {
  const primitives = await createDevicePrimitives(() => new Uint8Array(32))
  const read = (exchange: Exchange): Slot | undefined => {
    const { message: question } = textMembers(exchange.request.body)
    const { message: answer } = textMembers(exchange.answer?.body)
    if (question === undefined || answer === undefined) return undefined
    // frame(open; wallet16 eid16 q16): each field is two bytes of length and its bytes, at the end before the MAC.
    const fields = Uint8Array.from(Buffer.from(question, 'base64url').subarray(-macBytes - openFrameBytes, -macBytes))
    const expected = { vaultPublicKey, walletId: fields.slice(2, 18), epochId: fields.slice(20, 36), query: fields.slice(38, 54) }
    const slot = verifySlot(primitives, base64urlToBytes(answer), expected)
    return slot.ok ? slot.value : undefined
  }
  const known = new WeakMap<Exchange, Slot>()
  return (exchange) => {
    const slot = known.get(exchange) ?? read(exchange)
    if (slot !== undefined) known.set(exchange, slot)
    return slot
  }
}

/** The path of a verb of a wallet at the operator. */
export function walletUrl(origin: string, walletId: string, verb = ''): string {
  return `${origin}/v1/wallets/${walletId}${verb}`
}

import { createHash } from 'node:crypto'
import type { Slot } from '@symbolon/custody/device'
import { sealPay } from '@symbolon/custody/device'
import { openPay, type OperatorPrimitives, type SignAsVault, type SlotSecrets } from '@symbolon/custody/operator'
import { base64urlToBytes, bytesToBase64url } from '@symbolon/formats/bytes'
import { textMembers } from '../attacker/answers.ts'
import type { Interceptor } from '../attacker/wire.ts'

// frame(slot): 18 bytes of head, four fields of 2 + 16 bytes, two of 2 + 32, and two of length before X.
const sealingKeyOffset = 18 + 4 * 18 + 2 * 34 + 2
const signatureBytes = 64

/** What the man in the middle got: messages that he opened, and whether the vault co-signed one of them. */
export type Middle = { readonly intercept: Interceptor; opened(): number }

/**
 * With vk_V and K stolen, a man in the middle puts his own sealing key into every slot and seals again what he opened (docs/custody.md 15:
 * slot_hash in the signed message names the key that the device saw).
 */
export async function createMiddle(
  primitives: OperatorPrimitives,
  stolen: { readonly signAsVault: SignAsVault; readonly epochKey: Uint8Array; readonly readSlot: (signedSlot: Uint8Array) => Slot },
): Promise<Middle> {
  const own = await primitives.suite.GenerateKeyPair()
  const ownKey = await primitives.suite.SerializePublicKey(own.publicKey)
  let swapped: { readonly real: Slot; readonly shown: SlotSecrets } | undefined
  let opened = 0
  return {
    opened: () => opened,
    intercept: async (request, forward) => {
      const { message = '' } = textMembers(request.body)
      if (request.url.endsWith('/open')) {
        const answer = await forward(request)
        const { message: signedSlot } = textMembers(answer.body)
        if (signedSlot === undefined) return answer
        const frame = base64urlToBytes(signedSlot).slice(0, -signatureBytes)
        const real = stolen.readSlot(base64urlToBytes(signedSlot))
        frame.set(ownKey, sealingKeyOffset)
        const slotHash = new Uint8Array(createHash('sha256').update(frame).digest())
        const noNonces = { hiding: new Uint8Array(32), binding: new Uint8Array(32) }
        swapped = { real, shown: { ...real, slotHash, sealingKeyPair: own, nonces: { ...real, ...noNonces } } }
        return { ...answer, body: { message: bytesToBase64url(Buffer.concat([frame, stolen.signAsVault(frame)])) } }
      }
      if (!request.url.endsWith('/pay') || swapped === undefined) return await forward(request)
      const found = await openPay(primitives, { sealed: base64urlToBytes(message), slot: swapped.shown, epochKey: stolen.epochKey })
      if (!found.ok) return await forward(request)
      opened += 1
      const { share, deviceKeyKind, deviceSignature } = found.value
      const resealed = await sealPay(primitives, {
        slot: swapped.real,
        epochKey: stolen.epochKey,
        message: found.value.message,
        share,
        deviceKeyKind,
        deviceSignature,
      })
      if (!resealed.ok) return await forward(request)
      const members = typeof request.body === 'object' ? request.body : {}
      return await forward({ ...request, body: { ...members, message: bytesToBase64url(resealed.value.sealed) } })
    },
  }
}

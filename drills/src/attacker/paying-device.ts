import { createHash } from 'node:crypto'
import type { Device } from './device.ts'
import { card, type Scene } from './scene.ts'

/** A device with a card that pays over and over: `pay` answers how it ended, once the next epoch is settled. */
export type PayingDevice = Omit<Device, 'pay'> & { pay(typedPin: string): Promise<string> }

export async function startPayingDevice(scene: Scene, pin: string): Promise<PayingDevice> {
  const device = await scene.createDevice({ pin, stretchPin: async (digits, pinSalt) => stretchFreely(digits, pinSalt) })
  await device.create()
  await device.enrol(card)
  return paying(scene, device)
}

/** The same verbs for a copy of such a device. */
export function paying(scene: Scene, device: Device): PayingDevice {
  return {
    ...device,
    pay: async (typedPin) => {
      const outcome = await device.sdk().confirmPayment(scene.order(), { pin: typedPin, instalmentMonths: 0 })
      // In turn behind what the SDK does in the background: once this is answered, the new epoch is settled.
      await device.sdk().preparePayment()
      return outcome.ok ? outcome.value.kind : outcome.problem.code
    },
  }
}

/** The slow hash replaced by one that costs nothing: how long a search takes decides nothing about whether one is possible. */
export function stretchFreely(pin: string, pinSalt: Uint8Array): Uint8Array {
  return new Uint8Array(createHash('sha256').update(pinSalt).update(pin).digest())
}

import { createHash, randomBytes } from 'node:crypto'
import type { CardData } from '@symbolon/contracts/issuer-api'
import type { Directory } from '@symbolon/contracts/directory'
import {
  createWalletSdk,
  type Clock,
  type DeviceKey,
  type PaymentOutcome,
  type StretchPin,
  type Transport,
  type WalletSdk,
} from '@symbolon/device'
import { createMemoryDeviceKey } from '@symbolon/device/memory'
import type { Result } from '@symbolon/formats/result'
import { createMedium, type Medium } from './medium.ts'

export type DeviceParts = {
  readonly directory: Directory
  readonly transport: Transport
  readonly clock: Clock
  readonly stretchPin?: StretchPin
  readonly pin?: string
  /** What the device draws; a judge who records it can compute what the device computed. */
  readonly randomBytes?: (size: number) => Uint8Array
}

/** A person's device: the real wallet SDK on a medium that can be stolen. A kind-0 key is copied with the profile. */
export type Device = {
  readonly pin: string
  readonly medium: Medium
  readonly deviceKey: DeviceKey
  readonly stretchPin: StretchPin
  sdk(): WalletSdk
  /** Creates the wallet and answers its id. */
  create(): Promise<string>
  /** Adds a card, which every issuer of a drill approves, and answers the token. */
  enrol(card: CardData): Promise<string>
  pay(paymentId: string, typedPin?: string): Promise<PaymentOutcome>
  /** Another start on the same files: RAM is gone. */
  reload(): Promise<void>
  /** A second device with a copy of everything stored, and the key. */
  copy(): Promise<Device>
}

/** SHA-256 in place of argon2id: the drill is about what else stands in the way. `argon2id` from the SDK is the real one. */
export const quickStretchPin: StretchPin = async (pin, salt) => new Uint8Array(createHash('sha256').update(pin).update(salt).digest())

export async function createDevice(
  parts: DeviceParts,
  on: { readonly medium?: Medium; readonly deviceKey?: DeviceKey } = {},
): Promise<Device> {
  const { pin = '824917', stretchPin = quickStretchPin } = parts
  const draw = parts.randomBytes ?? ((size: number) => new Uint8Array(randomBytes(size)))
  const medium = on.medium ?? createMedium()
  const deviceKey = on.deviceKey ?? createMemoryDeviceKey()
  const start = (): Promise<WalletSdk> => createWalletSdk({ ...parts, storage: medium.storage, deviceKey, stretchPin, randomBytes: draw })
  let sdk = await start()
  const enrol = async (card: CardData): Promise<string> => {
    const outcome = valueOf(await sdk.startCardEnrolment(card, pin))
    if (outcome.kind !== 'submitted') throw new Error('the card could not be added')
    const { tokenReferenceId } = valueOf(await sdk.refreshEnrolment(outcome.enrolment.card.enrolmentId))
    return tokenReferenceId ?? ''
  }
  return {
    pin,
    medium,
    deviceKey,
    stretchPin,
    sdk: () => sdk,
    create: async () => valueOf(await sdk.createWallet(pin)).walletId ?? '',
    enrol,
    pay: async (paymentId, typedPin = pin) => {
      valueOf(await sdk.loadPayment(paymentId))
      return valueOf(await sdk.confirmPayment(paymentId, { pin: typedPin, instalmentMonths: 0 }))
    },
    reload: async () => {
      await sdk.close()
      sdk = await start()
    },
    copy: () => createDevice({ ...parts, pin, stretchPin }, { medium: medium.copy(), deviceKey }),
  }
}

/** The value of an answer that has to succeed for the drill to mean anything. */
export function valueOf<Value>(answer: Result<Value, { readonly code: string }>): Value {
  if (!answer.ok) throw new Error('a step before the attack failed', { cause: answer.problem.code })
  return answer.value
}

import { assert, fail, ok } from '@symbolon/formats/result'
import type { DeviceKey } from '../../ports.ts'
import { exportDevicePublicKey, generateDeviceKeyPair, signWithDeviceKey } from '../webcrypto-key.ts'

/** A device key that lives in memory, of kind 0 like the browser's own. There is no authenticator here, so there is no passkey. */
export function createMemoryDeviceKey(): DeviceKey {
  let pair: CryptoKeyPair | undefined
  return {
    isPasskeyAvailable: async () => false,
    create: async ({ kind }) => {
      if (kind !== 0) return fail({ code: 'WALLET_PASSKEY_UNSUPPORTED' })
      pair = await generateDeviceKeyPair()
      return ok(await exportDevicePublicKey(pair))
    },
    forget: async () => void (pair = undefined),
    find: async () => (pair === undefined ? undefined : await exportDevicePublicKey(pair)),
    sign: async (message) => {
      assert(pair !== undefined, 'the device key exists before it signs')
      return ok({ kind: 0, signature: await signWithDeviceKey(pair, message) })
    },
  }
}

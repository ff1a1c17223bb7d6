import { assert } from '@symbolon/formats/result'
import type { DeviceKey } from '../../ports.ts'
import { exportDevicePublicKey, generateDeviceKeyPair, signWithDeviceKey } from '../webcrypto-key.ts'

/** A device key that lives in memory, of kind 0 like the browser's. */
export function createMemoryDeviceKey(): DeviceKey {
  let pair: CryptoKeyPair | undefined
  return {
    kind: 0,
    create: async () => {
      pair = await generateDeviceKeyPair()
      return await exportDevicePublicKey(pair)
    },
    find: async () => (pair === undefined ? undefined : await exportDevicePublicKey(pair)),
    sign: async (message) => {
      assert(pair !== undefined, 'the device key exists before it signs')
      return await signWithDeviceKey(pair, message)
    },
  }
}

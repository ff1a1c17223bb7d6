// oxlint-disable-next-line typescript/triple-slash-reference -- the package has no types; every project that reads this file needs them
/// <reference path="./sodium-native-module.d.ts" />
import type { Ed25519Group } from './port.ts'
import { canonical } from './scalar.ts'

/**
 * Loads sodium-native (libsodium as a prebuilt Node add-on) and answers with the group on it. The binding has no multiplication of
 * scalars, so that one function is `scalars`'. Rejects where the add-on cannot be loaded.
 */
export async function loadSodiumNativeGroup(scalars: Pick<Ed25519Group, 'multiplyScalars'>): Promise<Ed25519Group> {
  const sodium = await import('sodium-native')
  const into = (size: number, compute: (result: Uint8Array) => void): Uint8Array => {
    const result = new Uint8Array(size)
    compute(result)
    return result
  }
  return {
    name: 'sodium-native',
    sha512: (message) => into(64, (result) => sodium.crypto_hash_sha512(result, message)),
    isValidPoint: (point) => point.length === 32 && sodium.crypto_core_ed25519_is_valid_point(point),
    reduceScalar: (wide) => into(32, (result) => sodium.crypto_core_ed25519_scalar_reduce(result, wide)),
    addScalars: (left, right) => into(32, (result) => sodium.crypto_core_ed25519_scalar_add(result, canonical(left), canonical(right))),
    subtractScalars: (left, right) =>
      into(32, (result) => sodium.crypto_core_ed25519_scalar_sub(result, canonical(left), canonical(right))),
    multiplyScalars: (left, right) => scalars.multiplyScalars(left, right),
    multiplyBase: (scalar) => into(32, (result) => sodium.crypto_scalarmult_ed25519_base_noclamp(result, canonical(scalar))),
    multiplyByPublicScalar: (scalar, point) =>
      into(32, (result) => sodium.crypto_scalarmult_ed25519_noclamp(result, canonical(scalar), point)),
    addPoints: (left, right) => into(32, (result) => sodium.crypto_core_ed25519_add(result, left, right)),
    verify: (signature, message, publicKey) =>
      signature.length === 64 && publicKey.length === 32 && sodium.crypto_sign_verify_detached(signature, message, publicKey),
  }
}

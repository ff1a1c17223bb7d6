import type { Ed25519Group } from './port.ts'
import { canonical } from './scalar.ts'

/** Loads the WebAssembly build of libsodium and answers with the group on it. Rejects where it cannot be loaded. */
export async function loadLibsodiumGroup(): Promise<Ed25519Group> {
  const { default: sodium } = await import('libsodium-wrappers-sumo')
  await sodium.ready
  return {
    name: 'libsodium-wasm',
    sha512: (message) => sodium.crypto_hash_sha512(message),
    isValidPoint: (point) => point.length === 32 && sodium.crypto_core_ed25519_is_valid_point(point),
    reduceScalar: (wide) => sodium.crypto_core_ed25519_scalar_reduce(wide),
    addScalars: (left, right) => sodium.crypto_core_ed25519_scalar_add(canonical(left), canonical(right)),
    subtractScalars: (left, right) => sodium.crypto_core_ed25519_scalar_sub(canonical(left), canonical(right)),
    multiplyScalars: (left, right) => sodium.crypto_core_ed25519_scalar_mul(canonical(left), canonical(right)),
    multiplyBase: (scalar) => sodium.crypto_scalarmult_ed25519_base_noclamp(canonical(scalar)),
    multiplyByPublicScalar: (scalar, point) => sodium.crypto_scalarmult_ed25519_noclamp(canonical(scalar), point),
    addPoints: (left, right) => sodium.crypto_core_ed25519_add(left, right),
    verify: (signature, message, publicKey) =>
      signature.length === 64 && publicKey.length === 32 && sodium.crypto_sign_verify_detached(signature, message, publicKey),
  }
}

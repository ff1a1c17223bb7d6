/** What is used of sodium-native 5.1.0, which carries no types. Every result goes into the first argument. */
declare module 'sodium-native' {
  export function crypto_core_ed25519_is_valid_point(point: Uint8Array): boolean
  export function crypto_core_ed25519_scalar_reduce(result: Uint8Array, wide: Uint8Array): void
  export function crypto_core_ed25519_scalar_add(result: Uint8Array, left: Uint8Array, right: Uint8Array): void
  export function crypto_core_ed25519_scalar_sub(result: Uint8Array, left: Uint8Array, right: Uint8Array): void
  export function crypto_core_ed25519_add(result: Uint8Array, left: Uint8Array, right: Uint8Array): void
  export function crypto_scalarmult_ed25519_base_noclamp(result: Uint8Array, scalar: Uint8Array): void
  export function crypto_scalarmult_ed25519_noclamp(result: Uint8Array, scalar: Uint8Array, point: Uint8Array): void
  export function crypto_hash_sha512(result: Uint8Array, message: Uint8Array): void
  export function crypto_sign_verify_detached(signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array): boolean
}

/** What is used of sodium-native 5.1.0, which carries no types. The result goes into the first argument. */
declare module 'sodium-native' {
  export function crypto_scalarmult(result: Uint8Array, secret: Uint8Array, publicKey: Uint8Array): void
  export function crypto_scalarmult_base(result: Uint8Array, secret: Uint8Array): void
}

import type { RandomBytes } from '../ports.ts'

/** The runtime's own cryptographic generator. */
export function createRandomBytes(): RandomBytes {
  return (size) => crypto.getRandomValues(new Uint8Array(size))
}

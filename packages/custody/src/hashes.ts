import { hmac } from '@noble/hashes/hmac.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { isEqualBytes, utf8ToBytes } from '@symbolon/formats/bytes'
import { encodeFrame, tagOf } from './frame.ts'
import type { Ed25519Group } from './group/port.ts'

/** SHA-256 of one frame. */
export function hashFrame(name: string, fields: readonly Uint8Array[]): Uint8Array {
  return sha256(encodeFrame(name, fields))
}

/** h2s(tag; ..) = LE(SHA-512(frame)) mod L. */
export function hashToScalar(group: Ed25519Group, name: string, fields: readonly Uint8Array[]): Uint8Array {
  return group.reduceScalar(group.sha512(encodeFrame(name, fields)))
}

/** K_mac: authenticates open and alarm of one epoch. Kept for a retired epoch, it still tells a copy apart. */
export function deriveMacKey(epochKey: Uint8Array): Uint8Array {
  return hmac(sha256, epochKey, utf8ToBytes(tagOf('k-mac')))
}

/** K_psk: the pre-shared key of the payment sealing. */
export function derivePresharedKey(epochKey: Uint8Array): Uint8Array {
  return hmac(sha256, epochKey, utf8ToBytes(tagOf('k-psk')))
}

/** HMAC-SHA256 of a frame's bytes. */
export function authenticate(macKey: Uint8Array, frame: Uint8Array): Uint8Array {
  return hmac(sha256, macKey, frame)
}

/** Compares in constant time. */
export function isAuthentic(macKey: Uint8Array, frame: Uint8Array, tag: Uint8Array): boolean {
  return isEqualBytes(authenticate(macKey, frame), tag)
}

/** Overwrites bytes that are not needed any more. What the runtime copied elsewhere stays out of reach. */
export function wipe(...secrets: readonly Uint8Array[]): void {
  for (const secret of secrets) secret.fill(0)
}

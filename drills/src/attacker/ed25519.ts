import { createHash } from 'node:crypto'
import { createOperatorPrimitives } from '@symbolon/custody/operator'
import { bytesToHex } from '@symbolon/formats/bytes'

/** What an attacker computes with: the group of the product, and FROST (RFC 9591) written down once more from the standard. */
export type Group = Awaited<ReturnType<typeof createOperatorPrimitives>>['group']
export type Commitments = { readonly hidingCommitment: Uint8Array; readonly bindingCommitment: Uint8Array }

/** L, the order of the prime subgroup (RFC 8032 section 5.1). */
export const order = 2n ** 252n + 27742317777372353535851937790883648493n

/** A group for the attacker's own algebra; its random source is never asked. */
export async function loadGroup(): Promise<Group> {
  const { group } = await createOperatorPrimitives((size) => new Uint8Array(size))
  return group
}

export function modulo(value: bigint): bigint {
  const rest = value % order
  return rest < 0n ? rest + order : rest
}

/** 1/x modulo L, by Fermat. */
export function invert(value: bigint): bigint {
  let [result, base, exponent] = [1n, modulo(value), order - 2n]
  for (; exponent > 0n; exponent >>= 1n) {
    if ((exponent & 1n) === 1n) result = modulo(result * base)
    base = modulo(base * base)
  }
  return result
}

export function readScalar(bytes: Uint8Array): bigint {
  return BigInt(`0x${bytesToHex(bytes.slice().reverse())}`)
}

export function writeScalar(scalar: bigint): Uint8Array {
  const hex = modulo(scalar).toString(16).padStart(64, '0')
  return new Uint8Array(Buffer.from(hex, 'hex').reverse())
}

/** The whole number that these bytes are, little-endian, modulo L. */
export function reduce(bytes: Uint8Array): bigint {
  return modulo(readScalar(bytes))
}

export function sha512(...parts: readonly Uint8Array[]): Uint8Array {
  const hash = createHash('sha512')
  for (const part of parts) hash.update(part)
  return new Uint8Array(hash.digest())
}

/** c = H2(R ‖ Y ‖ m), the challenge of plain Ed25519. */
export function challengeOf(commitment: Uint8Array, publicKey: Uint8Array, message: Uint8Array): bigint {
  return reduce(sha512(commitment, publicKey, message))
}

/** ρ of the vault (1) and of the device (2), RFC 9591 section 4.4. */
export function bindingFactors(
  walletKey: Uint8Array,
  message: Uint8Array,
  both: readonly [Commitments, Commitments],
): readonly [bigint, bigint] {
  const label = (text: string): Uint8Array => new TextEncoder().encode(`FROST-ED25519-SHA512-v1${text}`)
  const identifier = (number: number): Uint8Array => writeScalar(BigInt(number))
  const list = both.flatMap((one, index) => [identifier(index + 1), one.hidingCommitment, one.bindingCommitment])
  const prefix = [walletKey, sha512(label('msg'), message), sha512(label('com'), ...list)]
  const factor = (number: number): bigint => reduce(sha512(label('rho'), ...prefix, identifier(number)))
  return [factor(1), factor(2)]
}

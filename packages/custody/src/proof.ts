import { concatBytes } from '@symbolon/formats/bytes'
import type { Ed25519Group } from './group/port.ts'
import { isCanonicalScalar } from './group/scalar.ts'
import { hashToScalar, wipe } from './hashes.ts'
import type { RandomBytes } from './primitives.ts'

/** Whose key half a proof speaks of: bound into the challenge, so that no proof is reflected. */
export type Role = 'vault' | 'device'
const roleCodes = { vault: 1, device: 2 } as const satisfies Record<Role, number>

/** What a proof of possession is bound to. */
export type ProofContext = { readonly sessionId: Uint8Array; readonly role: Role; readonly point: Uint8Array }

/** Schnorr proof of possession, R ‖ z: whoever brings a key half knows its secret, so none can be chosen to cancel the other. */
export function provePossession(
  primitives: { readonly group: Ed25519Group; readonly randomBytes: RandomBytes },
  context: ProofContext,
  secret: Uint8Array,
): Uint8Array {
  const { group } = primitives
  const nonce = group.reduceScalar(primitives.randomBytes(64))
  const commitment = group.multiplyBase(nonce)
  const response = group.addScalars(nonce, group.multiplyScalars(challenge(group, context, commitment), secret))
  wipe(nonce)
  return concatBytes(commitment, response)
}

/** Checks zG = R + cY. The point itself has been validated by the caller. */
export function verifyPossession(group: Ed25519Group, context: ProofContext, proof: Uint8Array): boolean {
  const commitment = proof.subarray(0, 32)
  const response = proof.subarray(32)
  if (!group.isValidPoint(commitment) || !isCanonicalScalar(response) || response.every((byte) => byte === 0)) return false
  const scaled = group.multiplyByPublicScalar(challenge(group, context, commitment), context.point)
  const right = group.addPoints(commitment, scaled)
  return group.multiplyBase(response).every((byte, index) => byte === right[index])
}

function challenge(group: Ed25519Group, context: ProofContext, commitment: Uint8Array): Uint8Array {
  return hashToScalar(group, 'pop', [context.sessionId, Uint8Array.of(roleCodes[context.role]), context.point, commitment])
}

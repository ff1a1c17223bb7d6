import { concatBytes, utf8ToBytes } from '@symbolon/formats/bytes'
import { assert } from '@symbolon/formats/result'
import type { Ed25519Group } from './group/port.ts'
import { wipe } from './hashes.ts'
import type { RandomBytes } from './primitives.ts'
import type { Commitments, Nonces, SignatureShare } from './types.ts'

// RFC 9591 section 6.1, FROST(Ed25519, SHA-512).
const contextString = 'FROST-ED25519-SHA512-v1'
/** Identifiers of the two signers; shares are additive, that is already weighted with the Lagrange coefficient. */
export const vaultIdentifier = 1
export const deviceIdentifier = 2

/** A signer's number and what it committed to. Lists are in ascending order of the number. */
export type Participant = Commitments & { readonly identifier: number }

/** One signer's view of a signature: who takes part, under which key, over what. */
export type SigningSession = { readonly participants: readonly Participant[]; readonly walletKey: Uint8Array; readonly message: Uint8Array }

/** nonce_generate and commit (RFC 9591 sections 4.1 and 5.1): hedged with the share against a weak random source. */
export function createNonces(group: Ed25519Group, share: Uint8Array, randomBytes: RandomBytes): Nonces {
  const generate = (): Uint8Array => hashToScalar(group, 'nonce', randomBytes(32), share)
  const hiding = generate()
  const binding = generate()
  return { hiding, binding, hidingCommitment: group.multiplyBase(hiding), bindingCommitment: group.multiplyBase(binding) }
}

/** Binding factors (RFC 9591 section 4.4), in the order of the participants. */
export function computeBindingFactors(group: Ed25519Group, session: SigningSession): readonly Uint8Array[] {
  const commitments = session.participants.flatMap((participant) => [
    encodeIdentifier(participant.identifier),
    participant.hidingCommitment,
    participant.bindingCommitment,
  ])
  const prefix = concatBytes(session.walletKey, hash(group, 'msg', session.message), hash(group, 'com', ...commitments))
  return session.participants.map((participant) => hashToScalar(group, 'rho', prefix, encodeIdentifier(participant.identifier)))
}

/**
 * Signs with one share: z = d + ρe + λsc, and R with it. (d + ρe)·G is one fixed-base multiplication in place of a variable one with a
 * secret scalar, which noble would not hide.
 */
export function signWithNonces(
  group: Ed25519Group,
  session: SigningSession,
  signer: { readonly identifier: number; readonly share: Uint8Array; readonly nonces: Nonces },
): { readonly groupCommitment: Uint8Array; readonly signatureShare: Uint8Array } {
  const factors = computeBindingFactors(group, session)
  let groupCommitment: Uint8Array | undefined
  let nonce: Uint8Array | undefined
  for (const [index, participant] of session.participants.entries()) {
    const factor = factors[index]
    assert(factor !== undefined, 'every participant has a binding factor')
    let part: Uint8Array
    if (participant.identifier === signer.identifier) {
      nonce = group.addScalars(signer.nonces.hiding, group.multiplyScalars(factor, signer.nonces.binding))
      part = group.multiplyBase(nonce)
    } else {
      part = group.addPoints(participant.hidingCommitment, group.multiplyByPublicScalar(factor, participant.bindingCommitment))
    }
    groupCommitment = groupCommitment === undefined ? part : group.addPoints(groupCommitment, part)
  }
  assert(groupCommitment !== undefined && nonce !== undefined, 'the signer takes part')
  const challenge = group.reduceScalar(group.sha512(concatBytes(groupCommitment, session.walletKey, session.message)))
  return { groupCommitment, signatureShare: group.addScalars(nonce, group.multiplyScalars(challenge, signer.share)) }
}

/** The device's share of the signature with nonces that are made here and wiped here, so that none is ever used twice. */
export function signAsDevice(
  primitives: { readonly group: Ed25519Group; readonly randomBytes: RandomBytes },
  input: { readonly share: Uint8Array; readonly walletKey: Uint8Array; readonly vault: Commitments; readonly message: Uint8Array },
): SignatureShare {
  const nonces = createNonces(primitives.group, input.share, primitives.randomBytes)
  const { signatureShare } = signWithNonces(primitives.group, jointSession(input, nonces), {
    identifier: deviceIdentifier,
    share: input.share,
    nonces,
  })
  wipe(nonces.hiding, nonces.binding)
  return { hidingCommitment: nonces.hidingCommitment, bindingCommitment: nonces.bindingCommitment, signatureShare }
}

/**
 * Adds the vault's share and verifies σ under Y, which replaces verifying the device's share: nothing leaves unless σ is whole.
 * Answers undefined otherwise. The nonces are overwritten, so a second call with them throws instead of signing.
 */
export function signAsVault(
  group: Ed25519Group,
  input: {
    readonly share: Uint8Array
    readonly walletKey: Uint8Array
    readonly nonces: Nonces
    readonly device: SignatureShare
    readonly message: Uint8Array
  },
): Uint8Array | undefined {
  const session = jointSession({ ...input, vault: input.nonces }, input.device)
  const own = signWithNonces(group, session, { identifier: vaultIdentifier, share: input.share, nonces: input.nonces })
  wipe(input.nonces.hiding, input.nonces.binding)
  const signature = concatBytes(own.groupCommitment, group.addScalars(input.device.signatureShare, own.signatureShare))
  return group.verify(signature, input.message, input.walletKey) ? signature : undefined
}

function jointSession(
  input: { readonly walletKey: Uint8Array; readonly vault: Commitments; readonly message: Uint8Array },
  device: Commitments,
): SigningSession {
  const participants = [participant(vaultIdentifier, input.vault), participant(deviceIdentifier, device)]
  return { participants, walletKey: input.walletKey, message: input.message }
}

function participant(identifier: number, commitments: Commitments): Participant {
  return { identifier, hidingCommitment: commitments.hidingCommitment, bindingCommitment: commitments.bindingCommitment }
}

function encodeIdentifier(identifier: number): Uint8Array {
  return Uint8Array.from({ length: 32 }, (_, index) => (index === 0 ? identifier : 0))
}

const prefixes = {
  nonce: utf8ToBytes(`${contextString}nonce`),
  msg: utf8ToBytes(`${contextString}msg`),
  com: utf8ToBytes(`${contextString}com`),
  rho: utf8ToBytes(`${contextString}rho`),
} as const

function hash(group: Ed25519Group, label: keyof typeof prefixes, ...parts: readonly Uint8Array[]): Uint8Array {
  return group.sha512(concatBytes(prefixes[label], ...parts))
}

function hashToScalar(group: Ed25519Group, label: keyof typeof prefixes, ...parts: readonly Uint8Array[]): Uint8Array {
  return group.reduceScalar(hash(group, label, ...parts))
}

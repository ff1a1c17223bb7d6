import { createHash, randomBytes } from 'node:crypto'
import { encodeSignable, unmaskShare, type SignableMessage, type SignatureShare, type Slot } from '@symbolon/custody/device'
import { base64urlToBytes, hexToBytes, isEqualBytes } from '@symbolon/formats/bytes'
import { draftPayment, pin, type TestDevice, type TestVault } from '@symbolon/testing/vault'
import {
  bindingFactors,
  challengeOf,
  invert,
  modulo,
  readScalar,
  reduce,
  writeScalar,
  type Commitments,
  type Group,
} from '../attacker/ed25519.ts'

export type Attacker = { readonly group: Group; readonly device: TestDevice; readonly usesBindingFactors: boolean }
/** One of two messages that the attacker could send in a session, with its challenge. */
export type Candidate = {
  readonly signable: SignableMessage
  readonly challenge: bigint
  readonly vaultCommitment: Uint8Array
  signWith(share: bigint): SignatureShare
}
export type Session = { readonly slot: Slot; readonly candidates: readonly [Candidate, Candidate] }
export type Plan = {
  readonly choices: readonly (0 | 1)[]
  readonly weights: readonly bigint[]
  readonly commitment: Uint8Array
  readonly challenge: bigint
}
/** What a session gave: σ, the attacker's own part of it, and by how much both halves had moved since the sessions were opened. */
export type Answer = {
  readonly signature: Uint8Array
  readonly own: SignatureShare
  readonly candidate: Candidate
  readonly moved: bigint
}

/** Whether R of an honest signature is the plain sum of commitments, or has binding factors in it. */
export async function learnScheme(group: Group, vault: TestVault, device: TestDevice): Promise<boolean> {
  await device.open(vault.port)
  const { slot } = device
  let own: Commitments | undefined
  const sealed = await device.seal(draftPayment(vault.nowSeconds()), {
    tamper: (input) => {
      own = input.share
      return input
    },
  })
  const checked = await vault.port.check(device.walletId, sealed.message)
  const signed = checked.ok && checked.value.outcome === 'ready' ? await vault.port.sign(device.walletId, checked.value.handle) : undefined
  if (slot === undefined || own === undefined || signed?.ok !== true || signed.value.outcome !== 'signed')
    throw new Error('an honest message is signed')
  await device.receiveDone(sealed, base64urlToBytes(signed.value.done))
  await device.open(vault.port)
  const sum = [slot, own].map(({ hidingCommitment, bindingCommitment }) => group.addPoints(hidingCommitment, bindingCommitment))
  const [ofVault = new Uint8Array(32), ofDevice = new Uint8Array(32)] = sum
  return !isEqualBytes(base64urlToBytes(signed.value.signed.signature).subarray(0, 32), group.addPoints(ofVault, ofDevice))
}

/** The device's share as it is now: its owner knows the PIN. */
export function shareOf({ primitives, state, walletId }: TestDevice): bigint {
  const { masked, salt } = state.stored.current.secrets
  const stretchedPin = new Uint8Array(createHash('sha256').update(pin).update(salt).digest())
  return readScalar(unmaskShare(primitives, masked, { walletId: hexToBytes(walletId), salt, stretchedPin }))
}

/** Two messages for one slot, with nonces of the attacker's own: which of them is sent is decided when all sessions are open. */
export function chooseCandidates({ group, device, usesBindingFactors }: Attacker, slot: Slot, nowSeconds: number): Session {
  const [hiding, binding] = [reduce(randomBytes(32)), reduce(randomBytes(32))]
  const own = { hidingCommitment: group.multiplyBase(writeScalar(hiding)), bindingCommitment: group.multiplyBase(writeScalar(binding)) }
  const candidate = (): Candidate => {
    const signable = draftPayment(nowSeconds)(slot)
    const message = encodeSignable(signable)
    const [ofVault, ofDevice] = usesBindingFactors ? bindingFactors(device.walletKey, message, [slot, own]) : [1n, 1n]
    const commit = ({ hidingCommitment, bindingCommitment }: Commitments, factor: bigint): Uint8Array =>
      group.addPoints(hidingCommitment, group.multiplyByPublicScalar(writeScalar(factor), bindingCommitment))
    const vaultCommitment = commit(slot, ofVault)
    const challenge = challengeOf(group.addPoints(vaultCommitment, commit(own, ofDevice)), device.walletKey, message)
    const signWith = (share: bigint): SignatureShare => ({
      ...own,
      signatureShare: writeScalar(hiding + ofDevice * binding + challenge * share),
    })
    return { signable, challenge, vaultCommitment, signWith }
  }
  return { slot, candidates: [candidate(), candidate()] }
}

/**
 * R* = Σ w_i·R_i with w_i = 2^i/(c_i¹ − c_i⁰): each session adds 0 or 2^i to the challenge that the sum of the answers stands for, so the
 * bits of c* say what to send in each. That R_i is the same for both candidates is what binding factors take away.
 */
export function planForgery(group: Group, sessions: readonly Session[], walletKey: Uint8Array, wish: Uint8Array): Plan {
  const weights = sessions.map(({ candidates: [zero, one] }, index) => modulo(2n ** BigInt(index) * invert(one.challenge - zero.challenge)))
  const parts = sessions.map(({ candidates: [zero] }, index) =>
    group.multiplyByPublicScalar(writeScalar(weights[index] ?? 0n), zero.vaultCommitment),
  )
  const commitment = parts.reduce((sum, part) => group.addPoints(sum, part))
  const challenge = challengeOf(commitment, walletKey, wish)
  const fixed = sessions.reduce((sum, { candidates: [zero] }, index) => sum + (weights[index] ?? 0n) * zero.challenge, 0n)
  const wanted = modulo(challenge - fixed)
  const choices = sessions.map((_, index) => (((wanted >> BigInt(index)) & 1n) === 1n ? 1 : 0))
  return { choices, weights, commitment, challenge }
}

/** Σ w_i·z_i over what the vault's half answered, brought back to the half that it had when the sessions were opened. */
export function combine({ weights }: Plan, answers: readonly (Answer | undefined)[]): bigint {
  return answers.reduce<bigint>((sum, answer, index) => {
    if (answer === undefined) return sum
    const ofVault = readScalar(answer.signature.subarray(32)) - readScalar(answer.own.signatureShare)
    return modulo(sum + (weights[index] ?? 0n) * (ofVault + answer.candidate.challenge * answer.moved))
  }, 0n)
}

/** σ* = (R*, Σ w_i·z_i + c*·a_d). */
export function forge({ commitment, challenge }: Plan, ofVault: bigint, ownShare: bigint): Uint8Array {
  return Uint8Array.of(...commitment, ...writeScalar(ofVault + challenge * ownShare))
}

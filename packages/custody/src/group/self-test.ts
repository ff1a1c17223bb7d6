import { bytesToHex, concatBytes, hexToBytes, isEqualBytes, utf8ToBytes } from '@symbolon/formats/bytes'
import { computeBindingFactors, createNonces, signWithNonces, type Participant } from '../frost.ts'
import type { Nonces } from '../types.ts'
import type { Ed25519Group } from './port.ts'

/**
 * RFC 9591 appendix E.1, FROST(Ed25519, SHA-512): participants 1 and 3 of 3, threshold 2. `weighted` is the share times its Lagrange
 * coefficient (3/2 and -1/2), because this protocol keeps weighted shares.
 */
export const rfc9591Vector = {
  groupPublicKey: '15d21ccd7ee42959562fc8aa63224c8851fb3ec85a3faf66040d380fb9738673',
  message: 'test',
  signature:
    '36282629c383bb820a88b71cae937d41f2f2adfcc3d02e55507e2fb9e2dd3cbebd9d2b0844e49ae0f3fa935161e1419aab7b47d21a37ebeae1f17d4987b3160b',
  participants: [
    {
      identifier: 1,
      share: '929dcc590407aae7d388761cddb0c0db6f5627aea8e217f4a033f2ec83d93509',
      weighted: '5becb286860a7fdb3dcdb1aa4b09a1c9a7013b05fdd3236e714d6be345c6d00d',
      hidingRandomness: '0fd2e39e111cdc266f6c0f4d0fd45c947761f1f5d3cb583dfcb9bbaf8d4c9fec',
      bindingRandomness: '69cd85f631d5f7f2721ed5e40519b1366f340a87c2f6856363dbdcda348a7501',
      hidingNonce: '812d6104142944d5a55924de6d49940956206909f2acaeedecda2b726e630407',
      bindingNonce: 'b1110165fc2334149750b28dd813a39244f315cff14d4e89e6142f262ed83301',
      bindingFactor: 'f2cb9d7dd9beff688da6fcc83fa89046b3479417f47f55600b106760eb3b5603',
      signatureShare: '001719ab5a53ee1a12095cd088fd149702c0720ce5fd2f29dbecf24b7281b603',
    },
    {
      identifier: 3,
      share: 'd3cb090a075eb154e82fdb4b3cb507f110040905468bb9c46da8bdea643a9a02',
      weighted: '0d0476a98982b00177368e2b51a2eb91f77d7bfd5c3aa31dc92ba18acde2b206',
      hidingRandomness: '86d64a260059e495d0fb4fcc17ea3da7452391baa494d4b00321098ed2a0062f',
      bindingRandomness: '13e6b25afb2eba51716a9a7d44130c0dbae0004a9ef8d7b5550c8a0e07c61775',
      hidingNonce: 'c256de65476204095ebdc01bd11dc10e57b36bc96284595b8215222374f99c0e',
      bindingNonce: '243d71944d929063bc51205714ae3c2218bd3451d0214dfb5aeec2a90c35180d',
      bindingFactor: 'b087686bf35a13f3dc78e780a34b0fe8a77fef1b9938c563f5573d71d8d7890f',
      signatureShare: 'bd86125de990acc5e1f13781d8e32c03a9bbd4c53539bbc106058bfd14326007',
    },
  ],
} as const

/** Runs the vector on a group before anything else uses it: nonces, binding factors, shares, the signature and its refusal. */
export function passesSelfTest(group: Ed25519Group): boolean {
  try {
    return runVector(group)
  } catch {
    return false
  }
}

function runVector(group: Ed25519Group): boolean {
  const signers = rfc9591Vector.participants.map((signer) => ({ ...signer, nonces: replayNonces(group, signer) }))
  const participants: readonly Participant[] = signers.map(({ identifier, nonces }) => ({
    identifier,
    hidingCommitment: nonces.hidingCommitment,
    bindingCommitment: nonces.bindingCommitment,
  }))
  const walletKey = hexToBytes(rfc9591Vector.groupPublicKey)
  const session = { participants, walletKey, message: utf8ToBytes(rfc9591Vector.message) }
  const signed = signers.map((signer) => signWithNonces(group, session, { ...signer, share: hexToBytes(signer.weighted) }))
  const computed = [
    ...signers.flatMap(({ nonces }) => [nonces.hiding, nonces.binding]),
    ...computeBindingFactors(group, session),
    ...signed.map(({ signatureShare }) => signatureShare),
  ]
  const published = [
    ...signers.flatMap(({ hidingNonce, bindingNonce }) => [hidingNonce, bindingNonce]),
    ...signers.map(({ bindingFactor }) => bindingFactor),
    ...signers.map(({ signatureShare }) => signatureShare),
  ]
  const sum = signed.reduce<Uint8Array>((total, { signatureShare }) => group.addScalars(total, signatureShare), new Uint8Array(32))
  const signature = hexToBytes(rfc9591Vector.signature)
  const altered = signature.map((byte, index) => (index === 0 ? byte ^ 1 : byte))
  return (
    computed.map(bytesToHex).join() === published.join() &&
    signed.every(({ groupCommitment }) => isEqualBytes(concatBytes(groupCommitment, sum), signature)) &&
    participants.every((one) => group.isValidPoint(one.hidingCommitment) && group.isValidPoint(one.bindingCommitment)) &&
    group.verify(signature, session.message, walletKey) &&
    !group.verify(altered, session.message, walletKey)
  )
}

function replayNonces(group: Ed25519Group, signer: (typeof rfc9591Vector.participants)[number]): Nonces {
  const randomness = hexToBytes(signer.hidingRandomness + signer.bindingRandomness)
  let offset = 0
  return createNonces(group, hexToBytes(signer.share), (size) => randomness.subarray(offset, (offset += size)))
}

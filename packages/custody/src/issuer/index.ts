/** The issuer's door: it verifies what both halves signed and opens what was sealed to it. No share and no epoch passes here. */
export { createSealingKey, deriveSealingKeyId, importSealingKey, openCard, type SealedCard, type SealingKey } from '../card-sealing.ts'
export { encodeGrant, verifyGrant } from '../grant.ts'
export {
  decideCertificate,
  encodeCertificate,
  hashSealingKey,
  verifyCertificate,
  type CertificateFields,
  type CertificateKind,
  type SignedCertificate,
} from '../certificates.ts'
export { parseSignable } from '../messages.ts'
export { deriveRegistrationChallenge, readAssertion, type Assertion, type AssertionFault } from '../assertion.ts'
export { encodeDeviceSignatureInput, verifyJointSignature } from '../signing.ts'
export type { DeviceKeyKind, EnrolFields, GrantFields, SignableMessage } from '../messages.ts'
export type { RandomBytes } from '../primitives.ts'
export type { CustodyProblem, CustodyProblemCode } from '../problem.ts'

/** The device's door: what the wallet computes, and nothing of the vault's. */
export { createDevicePrimitives } from './primitives.ts'
export { acceptOffer, verifyOffer } from '../enrolment.ts'
export { defaultPinCost, maskShare, stretchPin, unmaskShare, type PinCost, type PinFactor } from '../pin.ts'
export { createAlarmMessage, createOpenMessage } from '../opening.ts'
export { verifySlot } from '../slot.ts'
export { encodeSignable, parseSignable } from '../messages.ts'
export { encodeDeviceSignatureInput, signShare, verifyJointSignature } from '../signing.ts'
export {
  deriveAssertionChallenge,
  deriveRegistrationChallenge,
  encodeAssertion,
  encodePasskeyFrame,
  encodePrfInput,
  type AuthenticatorAnswer,
} from '../assertion.ts'
export { sealPay } from '../sealing.ts'
export { openDone } from '../done.ts'
export { deriveEpochSecrets, deriveRecordPad } from '../exchange.ts'
export { advanceDeviceShare } from '../epoch.ts'
export {
  joinRecord,
  openField,
  movesRecords,
  prepareRecord,
  rerandomiseHalf,
  splitRecord,
  verifyField,
  type CardRecordFields,
  type FieldCommitments,
  type FieldOpening,
  type PreparedRecord,
  type RecordName,
} from '../record.ts'
export { deriveSealingKeyId, sealToIssuer, type SealedCard } from '../card-sealing.ts'
export { createStopCode, hashStopCode } from '../stop-code.ts'
export { verifyClosingStatement } from '../closing.ts'
export { verifyGrant } from '../grant.ts'
export {
  decideCertificate,
  hashSealingKey,
  verifyCertificate,
  type CertificateFields,
  type CertificateKind,
  type SignedCertificate,
} from '../certificates.ts'
export { wipe } from '../hashes.ts'
export type {
  AlarmFields,
  ClosedFields,
  DeviceKeyKind,
  EnrolFields,
  GrantFields,
  MessageKind,
  OpenFields,
  SignableMessage,
} from '../messages.ts'
export type { Primitives, RandomBytes } from '../primitives.ts'
export type { CustodyProblem, CustodyProblemCode } from '../problem.ts'
export type { Acceptance, DeviceKey, Done, EpochSecrets, Offer, PaySession, SignatureShare, Slot } from '../types.ts'
export {
  applyDeviceEvent,
  type AttemptOutcome,
  type DeviceAnswer,
  type DeviceEvent,
  type DeviceStep,
  type OpenHint,
  type SlotFacts,
} from '../state/apply-device-event.ts'
export {
  createDeviceState,
  emptyDeviceMemory,
  type DeviceEpoch,
  type DeviceMemory,
  type DeviceState,
  type DeviceStored,
} from '../state/device-state.ts'
export { lastStateCodes, noSlotId, type HexId, type LastStateName } from '../state/last-attempt.ts'

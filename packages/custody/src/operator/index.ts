/** The operator's door: what the vault computes, and the grant that edge checks. Nothing here unmasks a device's share. */
export {
  createOperatorPrimitives,
  groupLoaders,
  type Backend,
  type GroupLoader,
  type OperatorPrimitives,
  type SkippedGroup,
} from './primitives.ts'
export { groupNames, type GroupName } from '../group/port.ts'
export { completeOffer, createOffer } from '../enrolment.ts'
export { parseAlarmMessage, parseOpenMessage, verifyAlarmMessage, verifyOpenMessage } from '../opening.ts'
export { createSlot, type SignAsVault, type SlotFacts } from '../slot.ts'
export { encodeSignable, parseSignable } from '../messages.ts'
export { openPay, parsePayHeader } from '../sealing.ts'
export { cosign, encodeDeviceSignatureInput } from '../signing.ts'
export { readAssertion, type Assertion, type AssertionFault } from '../assertion.ts'
export { deriveEpochSecrets, deriveRecordPad, hashPay } from '../exchange.ts'
export { advanceVaultShare } from '../epoch.ts'
export { sealDone } from '../done.ts'
export { movesRecords, rerandomiseHalf } from '../record.ts'
export { createClosingStatement } from '../closing.ts'
export { hashStopCode, parseStopCode } from '../stop-code.ts'
export { verifyGrant } from '../grant.ts'
export { deriveMacKey, wipe } from '../hashes.ts'
export type {
  AlarmFields,
  DeviceKeyKind,
  GrantFields,
  MessageKind,
  OpenFields,
  PayHeader,
  SignableMessage,
  SlotFields,
} from '../messages.ts'
export type { PaymentSuite, Primitives, RandomBytes } from '../primitives.ts'
export type { CustodyProblem, CustodyProblemCode } from '../problem.ts'
export type {
  Commitments,
  DeviceKey,
  Done,
  EnrolledWallet,
  EpochSecrets,
  Nonces,
  OpenedPay,
  PaySession,
  PendingOffer,
  SignatureShare,
  SlotSecrets,
} from '../types.ts'
export { encodeRowFrame } from '../state/row-frame.ts'
export { applyVaultEvent, type VaultAnswer, type VaultEvent, type VaultStep } from '../state/apply-vault-event.ts'
export {
  createVaultState,
  emptyVaultMemory,
  findVaultEpoch,
  maximumRetired,
  maximumTries,
  pendingSettlesMs,
  type EpochMatch,
  type FreezeReason,
  type RefreshDemand,
  type RetiredEpoch,
  type VaultEpoch,
  type VaultLast,
  type VaultMemory,
  type VaultState,
  type VaultStored,
} from '../state/vault-state.ts'
export { lastStateCodes, noSlotId, type HexId, type LastStateName } from '../state/last-attempt.ts'

export type {
  ByteFile,
  Clock,
  CreatedDeviceKey,
  DeviceKey,
  DeviceKeyFacts,
  DeviceKeyProblem,
  DeviceKeyRequest,
  DeviceSignature,
  HeldStorage,
  LoadDirectory,
  PasskeyRegistration,
  PrfSalts,
  RandomBytes,
  StretchPin,
  Transport,
  TransportAnswer,
  TransportRequest,
  WalletStorage,
} from './ports.ts'
export type {
  CardEnrolment,
  CardEnrolmentOutcome,
  CreatedWallet,
  PaymentConfirmation,
  PaymentOutcome,
  PaymentToConfirm,
  ShowCardOutcome,
  WalletAnswer,
  WalletHealth,
  WalletProtection,
  WalletSdk,
  WalletState,
} from './wallet-types.ts'
export { createWalletSdk, type WalletSdkDependencies } from './wallet-sdk.ts'
export { inspectCardEntry, type CardEntryInspection } from './rules/card-entry.ts'
export { verifyPinForm } from './rules/pin-form.ts'

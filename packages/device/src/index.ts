export type {
  ByteFile,
  Clock,
  DeviceKey,
  HeldStorage,
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
  PaymentConfirmation,
  PaymentOutcome,
  PaymentToConfirm,
  ShowCardOutcome,
  WalletAnswer,
  WalletHealth,
  WalletSdk,
  WalletState,
} from './wallet-types.ts'
export { createWalletSdk, type WalletSdkDependencies } from './wallet-sdk.ts'
export { inspectCardEntry, type CardEntryInspection } from './rules/card-entry.ts'
export { verifyPinForm } from './rules/pin-form.ts'

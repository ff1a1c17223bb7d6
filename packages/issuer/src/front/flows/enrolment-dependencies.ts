import type { AccountPolicy } from '../rules/account.ts'
import type { KeyLimits } from '../rules/key-limits.ts'
import type { NewBindingLimits } from '../rules/rebind.ts'
import type { TokenRange } from '../rules/token.ts'
import type { EnrolmentStore } from './enrolment-store.ts'
import type { AccountVault, IssuerKeys, JudgeRegistration, SignatureVerifier } from './ports.ts'
import type { BindingStore, RebindStore } from './rebind-store.ts'

/** What the enrolment flows need: the issuer's identity and policy, its keys, its store, time and randomness. */
export type EnrolmentDependencies = {
  readonly issuerId: Uint8Array
  readonly origin: string
  readonly operatorIds: readonly string[]
  readonly accountPolicy: AccountPolicy
  readonly tokenRange: TokenRange
  readonly keys: IssuerKeys
  readonly vault: Pick<AccountVault, 'deriveAccountKey' | 'seal'>
  readonly signatures: SignatureVerifier
  readonly judgeRegistration: JudgeRegistration
  readonly keyLimits: KeyLimits
  /** The pages in which an operator shows the device frame; none for a stranger. */
  chatOriginsOf(operatorId: Uint8Array): readonly string[]
  readonly store: EnrolmentStore
  /** Other wallets of the card that somebody adds: one of them may be what the new one replaces. */
  readonly bindings: Pick<BindingStore, 'findOthers'>
  readonly newBindingLimits: NewBindingLimits
  now(): number
  randomBytes(size: number): Uint8Array
  sha256(bytes: Uint8Array): Uint8Array
}

/** An enrolment that is not approved within a quarter of an hour is over. */
export const enrolmentSeconds = 900
/** Opening a sealed card costs the issuer a key agreement: a device gets this many tries in one enrolment. */
export const submissionsPerEnrolment = 5

/** What the rebind flows need: an enrolment's identity and keys, and a store of their own. */
export type RebindDependencies = Pick<
  EnrolmentDependencies,
  | 'issuerId'
  | 'origin'
  | 'operatorIds'
  | 'keys'
  | 'signatures'
  | 'judgeRegistration'
  | 'chatOriginsOf'
  | 'keyLimits'
  | 'newBindingLimits'
  | 'now'
  | 'randomBytes'
  | 'sha256'
> & { readonly rebinds: RebindStore }

import type { EnrolmentState } from '@symbolon/contracts/issuer-api'
import type { AttestationLevel, KeyProtection } from '@symbolon/contracts/key-protection'
import type { AccountRange } from '@symbolon/contracts/directory'
import type { RebindApproval, Rebinding } from './rebind-store.ts'

/** What a device submitted and the checks accepted; the account number is sealed by the account vault. */
export type Submission = {
  readonly digest: Uint8Array
  readonly accountKey: Uint8Array
  readonly sealedAccount: Uint8Array
  readonly expiry: string
  readonly lastFour: string
  readonly network: AccountRange['network']
  readonly jointPublicKey: Uint8Array
  readonly deviceKeyKind: number
  readonly deviceKey: Uint8Array
  readonly keyProtection: KeyProtection
  readonly attestation: AttestationLevel
  readonly signCount: number
  readonly formToken: string
}
export type Grant = { readonly tokenReferenceId: Uint8Array; readonly frame: Uint8Array; readonly signature: Uint8Array }
export type EnrolmentRecord = {
  readonly enrolmentId: Uint8Array
  readonly walletId: Uint8Array
  readonly operatorId: Uint8Array
  readonly nonce: Uint8Array
  readonly state: Exclude<EnrolmentState, 'expired'>
  readonly expiresAt: number
  readonly submission?: Submission
  readonly grant?: Grant
}
export type NewToken = {
  readonly grant: Grant
  readonly paymentToken: string
  readonly paymentAccountReference: string
  readonly tokenExpiry: string
  readonly channels: readonly number[]
  readonly createdAt: number
}

/** Enrolments and what they become. Every change is one transaction, durable once it resolves. */
export type EnrolmentStore = {
  open(enrolment: Pick<EnrolmentRecord, 'enrolmentId' | 'walletId' | 'operatorId' | 'nonce' | 'expiresAt'>, now: number): Promise<void>
  find(enrolmentId: Uint8Array): Promise<EnrolmentRecord | undefined>
  /** Counts one more try to submit and answers how many there were, this one included. */
  countSubmission(enrolmentId: Uint8Array): Promise<number>
  /** open → awaiting_approval; false when it was not open any more. */
  submit(enrolmentId: Uint8Array, submission: Submission): Promise<boolean>
  /** awaiting_approval → refused, spending the form token; forgets the account number. */
  refuse(enrolmentId: Uint8Array, formToken: string): Promise<boolean>
  /**
   * awaiting_approval → active, spending the form token: the account is kept once, an older token of the same account in the same
   * wallet is deleted, the new one becomes active. `taken` when the payment token exists already: draw another.
   */
  approve(enrolment: EnrolmentRecord, formToken: string, token: NewToken): Promise<'approved' | 'conflict' | 'taken'>
  /**
   * awaiting_approval → active, spending the form token, with a token that the account has already: its wallet, joint key and device
   * key are replaced, and it pays again. `conflict` when it was bound, deleted or withheld by the staff in between.
   */
  approveReplacement(
    enrolment: EnrolmentRecord,
    approval: Omit<RebindApproval, 'rebindings'> & { readonly rebinding: Rebinding },
  ): Promise<'approved' | 'conflict'>
  /** Forgets the account numbers of enrolments that ran out before `now`. */
  forgetExpired(now: number): Promise<number>
}

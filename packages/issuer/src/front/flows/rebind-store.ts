import type { EnrolmentState } from '@symbolon/contracts/issuer-api'
import type { AttestationLevel, KeyProtection } from '@symbolon/contracts/key-protection'
import type { RebindProof, TokenEvent } from '@symbolon/contracts/rebind-api'
import type { SuspensionCause } from '@symbolon/contracts/issuer-link'
import type { BoundToken } from '../rules/rebind.ts'
import type { Grant } from './enrolment-store.ts'

export type RebindSubmission = {
  readonly digest: Uint8Array
  readonly jointPublicKey: Uint8Array
  readonly deviceKeyKind: number
  readonly deviceKey: Uint8Array
  readonly keyProtection: KeyProtection
  readonly attestation: AttestationLevel
  readonly signCount: number
  readonly proof: RebindProof
  readonly formToken: string
}

export type RebindRecord = {
  readonly rebindId: Uint8Array
  readonly walletId: Uint8Array
  readonly operatorId: Uint8Array
  readonly nonce: Uint8Array
  readonly state: Exclude<EnrolmentState, 'expired'>
  readonly expiresAt: number
  readonly tokenReferenceIds: readonly Uint8Array[]
  readonly submission?: RebindSubmission
  /** In the order of the references, once a person has approved. */
  readonly grants?: readonly Grant[]
}

/** A token as it will be bound: the number says which binding it replaces, so that of two approvals one wins. */
export type Rebinding = { readonly grant: Grant; readonly bindingNumber: number }
export type RebindApproval = {
  readonly formToken: string
  readonly rebindings: readonly Rebinding[]
  readonly limitedUntil: number | undefined
  readonly now: number
}

/** Rebinds and what they become. Every change is one transaction with its token events in it, durable once it resolves. */
export type RebindStore = {
  open(
    rebind: Pick<RebindRecord, 'rebindId' | 'walletId' | 'operatorId' | 'nonce' | 'expiresAt' | 'tokenReferenceIds'>,
    now: number,
  ): Promise<void>
  find(rebindId: Uint8Array): Promise<RebindRecord | undefined>
  findTokens(tokenReferenceIds: readonly Uint8Array[]): Promise<readonly BoundToken[]>
  /** Counts one more try to submit and answers how many there were, this one included. */
  countSubmission(rebindId: Uint8Array): Promise<number>
  /** open → awaiting_approval; false when it was not open any more. */
  submit(rebindId: Uint8Array, submission: RebindSubmission): Promise<boolean>
  /** awaiting_approval → refused, spending the form token. */
  refuse(rebindId: Uint8Array, formToken: string): Promise<boolean>
  /**
   * awaiting_approval → active, spending the form token: wallet, joint key and device key of each token are replaced and it pays again.
   * `conflict` when a token was bound, deleted or withheld by the staff in between.
   */
  approve(rebind: RebindRecord, approval: RebindApproval): Promise<'approved' | 'conflict'>
}

/** What a customer sees on the issuer's own page: the wallets bound to the card, and what asks to be. */
export type Account = {
  readonly tokens: readonly BoundToken[]
  readonly requests: readonly { readonly kind: 'enrolment' | 'rebind'; readonly id: Uint8Array; readonly createdAt: number }[]
}

/** Tokens as customer, staff and operator change them. */
export type BindingStore = {
  /** active → suspended; any other state stays as it is. */
  suspendForOperator(word: { readonly token: BoundToken; readonly cause: SuspensionCause; readonly now: number }): Promise<void>
  findToken(tokenReferenceId: Uint8Array): Promise<BoundToken | undefined>
  /** The account behind an enrolment or rebind that a person has approved. */
  findAccount(capability: Uint8Array, now: number): Promise<Account | undefined>
  /** Of the same account, bound to another wallet of this operator, and not deleted. */
  findOthers(accountKey: Uint8Array, walletId: Uint8Array): Promise<readonly BoundToken[]>
  /** active → suspended by the customer, or any suspension but the staff's → active. False when it is in another state. */
  changeByCustomer(token: BoundToken, to: 'suspended' | 'active', now: number): Promise<boolean>
  events(after: number, limit: number): Promise<readonly TokenEvent[]>
}

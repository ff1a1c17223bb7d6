import type { MerchantKeys } from '@symbolon/contracts/payment-request'
import type {
  AttemptAnswer,
  AuthorizationAnswer,
  AuthorizationRequest,
  CheckAnswer,
  CosignAnswer,
  StopAnswer,
  TokenSuspension,
} from '@symbolon/contracts/planes'
import type { Problem } from '@symbolon/contracts/problems'
import type { CustodyMessage, WalletAccept, WalletCreated, WalletOffer } from '@symbolon/contracts/wallet-api'
import type { Result } from '@symbolon/formats/result'
import type { Merchant } from '../rules/merchant.ts'

/**
 * The co-signer behind its private socket. A problem is its answer; a Fault means that nobody knows, and for `sign` that
 * `findAttempt` has to be asked.
 */
export interface Vault {
  createWallet(): Promise<Result<WalletOffer, Problem>>
  acceptWallet(walletId: string, accept: WalletAccept): Promise<Result<WalletCreated, Problem>>
  open(walletId: string, message: CustodyMessage): Promise<Result<CustodyMessage, Problem>>
  alarm(walletId: string, message: CustodyMessage): Promise<Result<undefined, Problem>>
  /** Answers the wallet that was frozen, if any has this stop code. */
  stop(codeHash: string): Promise<StopAnswer>
  check(walletId: string, message: string): Promise<Result<CheckAnswer, Problem>>
  sign(walletId: string, handle: string): Promise<Result<CosignAnswer, Problem>>
  /** `not-signed` is final for every handle that was given before the call. */
  findAttempt(attempt: { readonly walletId: string; readonly paymentAttemptId: string }): Promise<AttemptAnswer>
}

/** The link to the issuers behind its private socket. A Fault means that nobody knows; asking again is always safe. */
export interface IssuerLink {
  /** Idempotent by payment id. It may answer `pending`; then `find` tells more later. */
  authorize(request: AuthorizationRequest): Promise<AuthorizationAnswer>
  find(paymentId: string): Promise<AuthorizationAnswer | undefined>
  /** Durable once it resolves; idempotent by wallet and token. */
  suspend(suspension: TokenSuspension): Promise<void>
}

export type MerchantKey = MerchantKeys['merchants'][number]['keys'][number]

/** Signing keys of a merchant, read from its own origin. A Fault when the origin does not answer as documented. */
export interface MerchantKeyStore {
  find(merchant: Merchant, kid: string): Promise<MerchantKey | undefined>
}

/** Time as a flow sees it; a test has its own. */
export type Clock = { nowMs(): number; wait(milliseconds: number): Promise<void> }

export type CreateId = () => string

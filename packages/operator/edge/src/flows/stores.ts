import type { SuspensionCause } from '@symbolon/contracts/issuer-link'
import type { LedgerSummary, OperationsPayment } from '@symbolon/contracts/operations-api'
import type { Merchant } from '../rules/merchant.ts'
import type { WalletToken } from '../rules/token.ts'
import type { PaymentStore } from './payment-store.ts'

/** Who may call the merchant API. */
export interface MerchantStore {
  /** Makes the list the whole truth: adds, changes, and closes those who are not on it. */
  replaceAll(merchants: readonly Merchant[]): Promise<void>
  findByApiKeyHash(apiKeyHash: Uint8Array): Promise<Merchant | undefined>
}

/** Cards that an issuer granted to a wallet. */
export interface TokenStore {
  /**
   * Adds a token or moves it to another wallet: the grant with the highest number says where it pays, and the one that is there under
   * this number already stays as it is. Undefined when a higher number was seen, or the reference is another issuer's.
   */
  register(token: WalletToken, grantNumber: number): Promise<WalletToken | undefined>
  find(key: { readonly walletId: string; readonly tokenReferenceId: string }): Promise<WalletToken | undefined>
  /** A wallet froze or was closed: none of its cards pays any more. Each is to be told to its issuer until `markTold`; the first cause stays. */
  suspendAll(walletId: string, cause: SuspensionCause): Promise<void>
  /** Suspended cards whose issuer has not been told, at most `limit`. */
  listUntold(limit: number): Promise<readonly (WalletToken & { readonly cause: SuspensionCause })[]>
  markTold(key: { readonly walletId: string; readonly tokenReferenceId: string }): Promise<void>
}

/** What the operator's own tools read: totals and payments, in the order of their creation. */
export interface LedgerStore {
  loadSummary(): Promise<LedgerSummary>
  listPayments(page: {
    readonly after: { readonly createdAt: number; readonly paymentId: string } | undefined
    readonly limit: number
  }): Promise<readonly OperationsPayment[]>
}

export type Stores = {
  readonly payments: PaymentStore
  readonly merchants: MerchantStore
  readonly tokens: TokenStore
  readonly ledger: LedgerStore
}

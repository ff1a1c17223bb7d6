import type { Network } from './payment.ts'

/** A card as edge knows it: a reference that only its issuer can turn into a number. */
export type WalletToken = {
  readonly walletId: string
  readonly tokenReferenceId: string
  readonly issuerId: string
  readonly network: Network
  readonly lastFour: string
  /** `moved`: the issuer has granted it to another wallet since. */
  readonly state: 'active' | 'suspended' | 'moved'
  readonly createdAt: number
}

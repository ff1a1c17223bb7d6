/** For the whole-system tests alone: the store on PostgreSQL and the contract that every store keeps. No other party imports it. */
export { openPostgresWalletStore } from './postgres-wallet-store.ts'
export { walletStoreContract, type OpenStore } from './contract.ts'

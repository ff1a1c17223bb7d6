/** A front and its host as real processes, and what link would send them: for drills. */
export { accountRanges, createIssuerParty, issuerId, type IssuerParty } from './issuer-party.ts'
export { createAuthorizationMessage, createReversal, press, type Signed } from './test-wallet.ts'

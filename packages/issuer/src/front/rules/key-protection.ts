import type { AttestationLevel, KeyProtection } from '@symbolon/contracts/key-protection'
import type { Assertion } from '@symbolon/custody/issuer'

/** What an issuer looks at in an assertion that verified (2-custody 1.10). */
export type AssertionFacts = Pick<Assertion, 'isBackupEligible' | 'signCount' | 'isCrossOrigin' | 'topOrigin'>

/**
 * The level of a key, out of what its authenticator said and what was proven of it. Without attestation "device-bound" is the word of
 * the wallet; a key that may be copied counts as software, whoever made the authenticator.
 */
export function deriveKeyProtection(assertion: AssertionFacts | undefined, attestation: AttestationLevel): KeyProtection {
  if (assertion === undefined) return 'browser-storage'
  if (assertion.isBackupEligible) return 'passkey-synced'
  return attestation === 'verified' ? 'passkey-attested' : 'passkey-device-bound'
}

/** Whether the frame stood in a page that this operator registered. One that stood alone, or in another page, was shown by a stranger. */
export function isInRegisteredPage({ isCrossOrigin, topOrigin }: AssertionFacts, chatOrigins: readonly string[]): boolean {
  return isCrossOrigin && topOrigin !== undefined && chatOrigins.includes(topOrigin)
}

/** Backup eligibility is for life (WebAuthn Level 3, section 6.1.3): a key that has another one now is another key. */
export function isSameCredential({ isBackupEligible }: AssertionFacts, protection: KeyProtection): boolean {
  return isBackupEligible === (protection === 'passkey-synced')
}

/** Two authenticators with one key count apart. One that never counts says 0 for ever (WebAuthn Level 3, section 6.1.1). */
export function isCountGrown(signCount: number, stored: number): boolean {
  return (signCount === 0 && stored === 0) || signCount > stored
}

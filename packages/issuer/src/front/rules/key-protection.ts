import type { AttestationLevel, KeyProtection } from '@symbolon/contracts/key-protection'
import type { Assertion } from '@symbolon/custody/issuer'

/** What an issuer looks at in an assertion that verified (docs/custody.md 8). */
export type AssertionFacts = Pick<Assertion, 'isBackupEligible' | 'signCount' | 'origin' | 'isCrossOrigin' | 'topOrigin'>

/**
 * The level of a key, out of what its authenticator said and what was proven of it. Without attestation "device-bound" is the word of
 * the wallet; a key that may be copied counts as software, whoever made the authenticator.
 */
export function deriveKeyProtection(assertion: AssertionFacts | undefined, attestation: AttestationLevel): KeyProtection {
  if (assertion === undefined) return 'browser-storage'
  if (assertion.isBackupEligible) return 'passkey-synced'
  return attestation === 'verified' ? 'passkey-attested' : 'passkey-device-bound'
}

/**
 * Whether the frame stood in a page that this operator registered, or in a window of its own if the operator registered the device
 * origin itself. Whatever stood anywhere else was shown by a stranger.
 */
export function isInRegisteredPage({ origin, isCrossOrigin, topOrigin }: AssertionFacts, pages: readonly string[]): boolean {
  if (!isCrossOrigin) return topOrigin === undefined && pages.includes(origin)
  return topOrigin !== undefined && topOrigin !== origin && pages.includes(topOrigin)
}

/** Backup eligibility is for life (WebAuthn Level 3, section 6.1.3): a key that has another one now is another key. */
export function isSameCredential({ isBackupEligible }: AssertionFacts, protection: KeyProtection): boolean {
  return isBackupEligible === (protection === 'passkey-synced')
}

/** Two authenticators with one key count apart. One that never counts says 0 for ever (WebAuthn Level 3, section 6.1.1). */
export function isCountGrown(signCount: number, stored: number): boolean {
  return (signCount === 0 && stored === 0) || signCount > stored
}

/**
 * What protects a device key, from the weakest: a file of the browser; a passkey that the person's account copies to other devices,
 * which is as strong as that account; a passkey that says it stays where it is; one whose maker vouches for that.
 */
export const keyProtections = ['browser-storage', 'passkey-synced', 'passkey-device-bound', 'passkey-attested'] as const
export type KeyProtection = (typeof keyProtections)[number]

/** What a passkey's registration proves: nothing, that its own key signed it, or that a maker whom the issuer trusts made it. */
export type AttestationLevel = 'none' | 'self' | 'verified'

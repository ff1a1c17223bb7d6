/** What link and front say to each other beyond plain ISO 8583:1987: DE 48, and what the channel byte means in DE 22. */

/** What is left for the device signature in 999 base64 characters beside a payment message: 747 bytes less 281. */
export const maximumDeviceSignatureBytes = 466

/** DE 48 of 0200 from link to front: BER-TLV, private class. Binary in the BCD dialect, base64 of the same bytes in the ASCII dialect. */
export const authorizationDataTags = {
  tokenReferenceId: { tag: 'C1', minimumBytes: 16, maximumBytes: 16 },
  signedMessage: { tag: 'C2', minimumBytes: 100, maximumBytes: 255 },
  jointSignature: { tag: 'C3', minimumBytes: 64, maximumBytes: 64 },
  deviceKeyKind: { tag: 'C4', minimumBytes: 1, maximumBytes: 1 },
  deviceSignature: { tag: 'C5', minimumBytes: 64, maximumBytes: maximumDeviceSignatureBytes },
} as const
export type AuthorizationDataName = keyof typeof authorizationDataTags

/** DE 3 of a purchase. */
export const purchaseProcessingCode = '000000'

/** Channel byte of the payment message → DE 22 (point of service entry mode, three digits). */
export const entryModeByChannel: Readonly<Record<number, string>> = {
  1: '810', // online, in the chat page
}

/**
 * Every DE 39 that a front may answer, once. `outcome` is what the payment becomes; `reason` is the word the merchant sees.
 * A code that is not in this table is treated as `unknown-response-code` and declined.
 */
export const responseCodes = {
  '00': { outcome: 'approved', reason: 'approved' },
  '01': { outcome: 'declined', reason: 'refer-to-issuer' },
  '03': { outcome: 'declined', reason: 'invalid-merchant' },
  '05': { outcome: 'declined', reason: 'do-not-honour' },
  '12': { outcome: 'declined', reason: 'invalid-transaction' },
  '13': { outcome: 'declined', reason: 'invalid-amount' },
  '14': { outcome: 'declined', reason: 'invalid-card' },
  '30': { outcome: 'declined', reason: 'format-error' },
  '41': { outcome: 'declined', reason: 'lost-card' },
  '43': { outcome: 'declined', reason: 'stolen-card' },
  '51': { outcome: 'declined', reason: 'insufficient-funds' },
  '54': { outcome: 'declined', reason: 'expired-card' },
  '55': { outcome: 'declined', reason: 'incorrect-pin' },
  '57': { outcome: 'declined', reason: 'not-permitted-to-cardholder' },
  '61': { outcome: 'declined', reason: 'exceeds-amount-limit' },
  '62': { outcome: 'declined', reason: 'restricted-card' },
  '63': { outcome: 'declined', reason: 'security-violation' },
  '65': { outcome: 'declined', reason: 'exceeds-frequency-limit' },
  '68': { outcome: 'declined', reason: 'message-too-late' },
  '91': { outcome: 'declined', reason: 'issuer-unavailable' },
  '94': { outcome: 'declined', reason: 'duplicate' },
  '96': { outcome: 'declined', reason: 'system-malfunction' },
} as const satisfies Record<string, { readonly outcome: 'approved' | 'declined'; readonly reason: string }>
export type ResponseCode = keyof typeof responseCodes

/**
 * A wallet froze or was closed: 0300 from link to front, repeated as 0301 until 0310 (ISO 8583:1987, acquirer file update request). DE 91 is 2
 * (update), DE 101 names the file, DE 48 the token in the encoding of an authorization's DE 48.
 */
export const tokenFile = { name: 'TOKEN-STATE', updateCode: '2' } as const
export const tokenUpdateTags = {
  tokenReferenceId: { tag: 'C1', bytes: 16 },
  walletId: { tag: 'C6', bytes: 16 },
  cause: { tag: 'C7', bytes: 1 },
} as const

/** Why a wallet pays no more, and its byte on the wire. */
export const suspensionCauseCodes = { alarm: 1, 'stop-code': 2, 'stayed-away': 3, closed: 4 } as const
export type SuspensionCause = keyof typeof suspensionCauseCodes
export const suspensionCauses = ['alarm', 'stop-code', 'stayed-away', 'closed'] as const satisfies readonly SuspensionCause[]

/** DE 39 of 0310. `ends`: the front has heard and will not hear better; everything else is asked again. */
export const tokenUpdateCodes = {
  '00': { ends: true, meaning: 'suspended, or nothing to suspend any more' },
  '12': { ends: true, meaning: 'not a file or an update that this front knows' },
  '25': { ends: true, meaning: 'no such token' },
  '30': { ends: true, meaning: 'not of the documented form' },
  '96': { ends: false, meaning: 'the front could not write it down' },
} as const satisfies Record<string, { readonly ends: boolean; readonly meaning: string }>
export type TokenUpdateCode = keyof typeof tokenUpdateCodes

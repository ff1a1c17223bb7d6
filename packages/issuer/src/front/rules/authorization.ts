import type { ResponseCode } from '@symbolon/contracts/issuer-link'
import { entryModeByChannel, purchaseProcessingCode } from '@symbolon/contracts/issuer-link'
import type { KeyProtection } from '@symbolon/contracts/key-protection'
import { deriveCardAcceptorId } from '@symbolon/contracts/payment-request'
import type { SignableMessage } from '@symbolon/custody/issuer'
import { isEqualBytes } from '@symbolon/formats/bytes'
import { currencyByNumericCode } from '@symbolon/formats/money'
import { assert, fail, ok, type Result } from '@symbolon/formats/result'
import type { AuthorizationRequest } from './authorization-request.ts'
import { aheadSeconds, arrivalSeconds, type SignatureFacts } from './binding.ts'
import { isExpired } from './expiry.ts'
import { isAboveKeyLimit, type KeyLimits } from './key-limits.ts'
import { isInRegisteredPage, isSameCredential } from './key-protection.ts'
import type { TokenState } from './token.ts'

export type PayMessage = Extract<SignableMessage, { kind: 'pay' }>
export type TokenFacts = {
  readonly tokenReferenceId: Uint8Array
  readonly walletId: Uint8Array
  readonly state: TokenState
  readonly tokenExpiry: string
  readonly cardExpiry: string
  readonly channels: readonly number[]
  readonly deviceKeyKind: number
  /** Unix seconds until which a binding without the old device key pays small amounts only. */
  readonly limitedUntil: number | undefined
  readonly keyProtection: KeyProtection
}
/** Everything an authorization is decided on. A message that does not parse as a payment is absent, and so is an unknown token. */
export type AuthorizationFacts = {
  readonly request: AuthorizationRequest
  readonly token: TokenFacts | undefined
  readonly message: PayMessage | undefined
  readonly signatures: SignatureFacts
  /** Minor units by numeric currency; what is not in it may not be paid while a binding is new. */
  readonly newBindingLimits: ReadonlyMap<string, bigint>
  /** The pages in which the token's operator shows the device frame. */
  readonly chatOrigins: readonly string[]
  readonly keyLimits: KeyLimits
}

/**
 * Every reason for which a front refuses, with its answer in DE 39 (ISO 8583:1987), in the order in which they are looked at: with
 * two faults at once the earlier one is answered. The first group is met while reading the message, the last one in the store.
 */
export const refusalCodes = {
  'card-data-present': '30',
  'field-missing': '30',
  'field-invalid': '30',
  'authorization-data-invalid': '30',
  'repeat-differs': '94',
  'processing-code-unsupported': '12',
  'token-unknown': '14',
  'token-deleted': '14',
  'token-not-active': '62',
  'token-expired': '54',
  'card-expired': '54',
  'message-not-a-payment': '12',
  'other-token': '63',
  'other-wallet': '63',
  'amount-differs': '63',
  'currency-differs': '63',
  'channel-not-permitted': '57',
  'entry-mode-differs': '63',
  'merchant-differs': '63',
  'instalments-differ': '63',
  'device-key-kind-differs': '63',
  'joint-signature-wrong': '63',
  'device-signature-wrong': '63',
  'page-not-registered': '63',
  'other-credential': '63',
  'message-expired': '68',
  'message-from-the-future': '63',
  'new-binding-limit': '61',
  'above-key-limit': '61',
  'reversed-before': '68',
  'payment-used': '94',
  'request-used': '94',
  'slot-used': '94',
  'count-not-grown': '63',
  'above-key-day-limit': '61',
  'above-key-day-count': '65',
} as const satisfies Readonly<Record<string, ResponseCode>>
export type Refusal = keyof typeof refusalCodes

/** Decides whether a payment may go on to the host: what ISO 8583 says must be what the wallet signed, and both signatures must hold. */
export function decideAuthorization(facts: AuthorizationFacts, now: number): Result<Authorized, { readonly kind: Refusal }> {
  const { request, token, message, signatures } = facts
  if (request.processingCode !== purchaseProcessingCode) return fail({ kind: 'processing-code-unsupported' })
  if (token === undefined) return fail({ kind: 'token-unknown' })
  const unusable = findTokenFault(token, now)
  if (unusable !== undefined) return fail({ kind: unusable })
  if (message === undefined) return fail({ kind: 'message-not-a-payment' })
  const difference = findDifference(request, token, message)
  if (difference !== undefined) return fail({ kind: difference })
  if (!signatures.isJointValid) return fail({ kind: 'joint-signature-wrong' })
  if (!signatures.isDeviceValid) return fail({ kind: 'device-signature-wrong' })
  const foreign = findForeignGesture(facts, token)
  if (foreign !== undefined) return fail({ kind: foreign })
  if (now >= message.expiresAt + arrivalSeconds) return fail({ kind: 'message-expired' })
  if (message.expiresAt > now + aheadSeconds) return fail({ kind: 'message-from-the-future' })
  if (isAboveLimit(facts, token, now)) return fail({ kind: 'new-binding-limit' })
  if (isAboveKey(facts, token)) return fail({ kind: 'above-key-limit' })
  return ok({ message, token })
}
export type Authorized = { readonly message: PayMessage; readonly token: TokenFacts }

function isAboveLimit({ request, newBindingLimits }: AuthorizationFacts, { limitedUntil }: TokenFacts, now: number): boolean {
  if (limitedUntil === undefined || now >= limitedUntil) return false
  return request.amountMinorUnits > (newBindingLimits.get(request.currencyNumeric) ?? 0n)
}

function findForeignGesture({ signatures, chatOrigins }: AuthorizationFacts, { keyProtection }: TokenFacts): Refusal | undefined {
  const { assertion } = signatures
  if (assertion === undefined) return undefined
  if (!isInRegisteredPage(assertion, chatOrigins)) return 'page-not-registered'
  return isSameCredential(assertion, keyProtection) ? undefined : 'other-credential'
}

function isAboveKey({ request, keyLimits }: AuthorizationFacts, { keyProtection }: TokenFacts): boolean {
  const currency = currencyByNumericCode(request.currencyNumeric)
  assert(currency !== undefined, 'a parsed request has a currency that is carried')
  return isAboveKeyLimit(keyLimits[keyProtection], { amountMinorUnits: request.amountMinorUnits, currency })
}

function findTokenFault(token: TokenFacts, now: number): Refusal | undefined {
  if (token.state === 'deleted') return 'token-deleted'
  if (token.state !== 'active') return 'token-not-active'
  if (isExpired(token.tokenExpiry, now)) return 'token-expired'
  if (isExpired(token.cardExpiry, now)) return 'card-expired'
  return undefined
}

function findDifference(request: AuthorizationRequest, token: TokenFacts, message: PayMessage): Refusal | undefined {
  if (!isEqualBytes(message.tokenReferenceId, token.tokenReferenceId)) return 'other-token'
  if (!isEqualBytes(message.walletId, token.walletId)) return 'other-wallet'
  if (message.amountMinorUnits !== request.amountMinorUnits) return 'amount-differs'
  if (message.currencyNumeric !== Number(request.currencyNumeric)) return 'currency-differs'
  if (!token.channels.includes(message.channel)) return 'channel-not-permitted'
  if (entryModeByChannel[message.channel] !== request.posEntryMode) return 'entry-mode-differs'
  if (deriveCardAcceptorId(message.merchantId) !== request.cardAcceptorId) return 'merchant-differs'
  if (request.instalmentMonths !== undefined && request.instalmentMonths !== message.instalmentMonths) return 'instalments-differ'
  if (request.data.deviceKeyKind !== token.deviceKeyKind) return 'device-key-kind-differs'
  return undefined
}

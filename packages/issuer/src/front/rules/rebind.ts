import type { SuspensionCause } from '@symbolon/contracts/issuer-link'
import type { RebindProof } from '@symbolon/contracts/rebind-api'
import { isEqualBytes } from '@symbolon/formats/bytes'
import { fail, ok, type Result } from '@symbolon/formats/result'
import { decideBinding, type Binding, type BindingFacts, type BindingRefusal } from './binding.ts'
import type { TokenState } from './token.ts'

/** On whose word a token pays no more. Only the word of the operator has a cause: why it froze the wallet. */
export type Suspension = { readonly by: 'operator'; readonly cause: SuspensionCause } | { readonly by: 'customer' | 'office' }

/** A token and the wallet that it is bound to now. */
export type BoundToken = {
  readonly tokenReferenceId: Uint8Array
  readonly walletId: Uint8Array
  readonly operatorId: Uint8Array
  readonly state: TokenState
  readonly suspension: Suspension | undefined
  readonly bindingNumber: number
  readonly boundAt: number
  readonly deviceKeyKind: number
  readonly deviceKey: Uint8Array
  readonly network: string
  readonly lastFour: string
}

export type TokensRefusal = 'token-unknown' | 'token-withheld'

/**
 * Decides whether these tokens may be asked for. A token of another operator is one that does not exist; one that the issuer's own staff
 * has suspended is not given back by a customer's new telephone.
 */
export function decideRebindTokens(
  asked: { readonly tokenReferenceIds: readonly Uint8Array[]; readonly operatorId: Uint8Array },
  tokens: readonly BoundToken[],
): Result<readonly BoundToken[], { readonly kind: TokensRefusal }> {
  const found = asked.tokenReferenceIds.map((id) => tokens.find((token) => isEqualBytes(token.tokenReferenceId, id)))
  const known = found.filter((token) => token !== undefined && isOffered(token, asked.operatorId))
  if (known.length !== found.length) return fail({ kind: 'token-unknown' })
  const whole = known.flatMap((token) => (token === undefined ? [] : [token]))
  return whole.some((token) => token.suspension?.by === 'office') ? fail({ kind: 'token-withheld' }) : ok(whole)
}

function isOffered(token: BoundToken, operatorId: Uint8Array): boolean {
  return token.state !== 'deleted' && isEqualBytes(token.operatorId, operatorId)
}

export type RebindFacts = {
  readonly binding: BindingFacts
  readonly tokens: readonly BoundToken[]
  /** Undefined: the device has no old key. Otherwise whether its signature holds under the device key of every token. */
  readonly isOldDeviceValid: boolean | undefined
}
export type RebindRefusal = BindingRefusal | 'old-device-signature-wrong' | 'same-wallet'
export type DecidedRebind = Binding & { readonly proof: RebindProof }

/** Decides whether a new wallet may be put before a person, and what stands for it until then. */
export function decideRebind(facts: RebindFacts, now: number): Result<DecidedRebind, { readonly kind: RebindRefusal }> {
  const { tokens, isOldDeviceValid } = facts
  const binding = decideBinding(facts.binding, now)
  if (!binding.ok) return binding
  if (tokens.some((token) => isEqualBytes(token.walletId, facts.binding.bind.walletId))) return fail({ kind: 'same-wallet' })
  // A signature that does not hold is not the same as none: somebody tries keys.
  if (isOldDeviceValid === false) return fail({ kind: 'old-device-signature-wrong' })
  const proof = isOldDeviceValid === true && tokens.every(isDeviceKeyTrusted) ? 'device-key' : 'identification'
  return ok({ ...binding.value, proof })
}

// A software key lies in the files that a copy has too (docs/custody.md 8): after a clone alarm or a theft it proves nothing.
function isDeviceKeyTrusted({ deviceKeyKind, suspension }: BoundToken): boolean {
  const isCopied = suspension?.by === 'operator' && (suspension.cause === 'alarm' || suspension.cause === 'stop-code')
  return !isCopied || deviceKeyKind !== 0
}

/** How long and how far a binding that stands on identification alone may pay. */
export type NewBindingLimits = { readonly seconds: number; readonly perPurchaseByCurrency: ReadonlyMap<string, bigint> }

/** When the low limits end; undefined when the old device key has vouched for the new wallet. */
export function decideLimitedUntil(proof: RebindProof, limits: NewBindingLimits, now: number): number | undefined {
  return proof === 'device-key' ? undefined : now + limits.seconds
}

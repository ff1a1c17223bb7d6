/** How an answer reaches link. Anything but `once` is a sandbox script for tests of link's timers. */
export type Delivery =
  | { readonly kind: 'once' }
  | { readonly kind: 'twice' }
  | { readonly kind: 'silent' }
  | { readonly kind: 'late'; readonly byMs: number }
export type DeliveryScript = {
  readonly silentAmountEndings?: readonly string[]
  readonly lateAmountEndings?: readonly string[]
  readonly lateByMs?: number
  readonly twiceAmountEndings?: readonly string[]
}

/** Decides how to deliver an answer, by the last three digits of the amount in minor units. */
export function decideDelivery(amountMinorUnits: bigint, script: DeliveryScript | undefined): Delivery {
  const ending = String(amountMinorUnits % 1_000n).padStart(3, '0')
  if (script?.silentAmountEndings?.includes(ending) === true) return { kind: 'silent' }
  if (script?.lateAmountEndings?.includes(ending) === true) return { kind: 'late', byMs: script.lateByMs ?? 5_000 }
  if (script?.twiceAmountEndings?.includes(ending) === true) return { kind: 'twice' }
  return { kind: 'once' }
}

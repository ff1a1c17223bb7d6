/**
 * What the two devices do. `genuine pays` and `genuine comes back` (its page is loaded anew) are contacts of the genuine device.
 * `copy pays unsettled` signs and never opens under the new epoch; `copy opens` takes the genuine device's slot away.
 */
export const steps = ['genuine pays', 'genuine comes back', 'copy pays', 'copy pays unsettled', 'copy mistypes', 'copy opens'] as const
export type Step = (typeof steps)[number]

// As many epochs as the vault remembers (docs/custody.md 12).
const rememberedEpochs = 8

/** Every order up to a length, longer ones drawn from them all, and a copy that pays as long as the vault remembers the genuine epoch. */
export function listOrders(
  size: { readonly length: number; readonly drawn: number; readonly drawnLength: number },
  random: (size: number) => Uint8Array,
): readonly (readonly Step[])[] {
  let longest: readonly (readonly Step[])[] = [[]]
  const all: (readonly Step[])[] = []
  for (let length = 1; length <= size.length; length += 1) {
    longest = longest.flatMap((order) => steps.map((step) => [...order, step]))
    all.push(...longest)
  }
  for (let count = 0; count < size.drawn; count += 1) {
    all.push(Array.from(random(size.drawnLength), (byte) => steps[byte % steps.length] ?? 'copy pays'))
  }
  return [...all, Array.from({ length: rememberedEpochs }, () => 'copy pays' as const)]
}

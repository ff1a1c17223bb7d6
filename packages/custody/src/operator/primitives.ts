import { assert } from '@symbolon/formats/result'
import { loadLibsodiumGroup } from '../group/libsodium.ts'
import { nobleGroup } from '../group/noble.ts'
import type { Ed25519Group, GroupName } from '../group/port.ts'
import { passesSelfTest } from '../group/self-test.ts'
import { loadSodiumNativeGroup } from '../group/sodium-native.ts'
import { choosePaymentSuite } from '../payment-suite.ts'
import type { PaymentSuite, Primitives, RandomBytes } from '../primitives.ts'

/** A back end that is not used although it is faster, and why. */
export type SkippedGroup = { readonly group: GroupName; readonly reason: 'not-loaded' | 'fails-rfc-9591' }

/** Which Ed25519 the vault computes with and what was tried before it: for the log at start and for every figure that is published. */
export type Backend = { readonly group: GroupName; readonly skipped: readonly SkippedGroup[] }
export type OperatorPrimitives = Primitives & { readonly backend: Backend & Pick<Primitives, 'sealing'> }

/** Loads a back end, or rejects. */
export type GroupLoader = { readonly group: GroupName; readonly load: () => Promise<Ed25519Group> }

/**
 * The back ends of this door, fastest first. sodium-native cannot multiply scalars: libsodium in WebAssembly does it for it, or noble
 * where that does not load.
 */
export const groupLoaders: readonly GroupLoader[] = [
  { group: 'sodium-native', load: async () => loadSodiumNativeGroup(await loadLibsodiumGroup().catch(() => nobleGroup)) },
  { group: 'libsodium-wasm', load: loadLibsodiumGroup },
  { group: 'noble', load: () => Promise.resolve(nobleGroup) },
]

/** The first back end of the list that loads and agrees with RFC 9591 in this process. `suite` is HPKE where the caller has a faster one. */
export async function createOperatorPrimitives(
  randomBytes: RandomBytes,
  options: { readonly loaders?: readonly GroupLoader[]; readonly suite?: PaymentSuite } = {},
): Promise<OperatorPrimitives> {
  const { group, skipped } = await chooseGroup(options.loaders ?? groupLoaders)
  const payment = options.suite ?? (await choosePaymentSuite())
  return { ...payment, group, randomBytes, backend: { group: group.name, skipped, sealing: payment.sealing } }
}

async function chooseGroup(
  loaders: readonly GroupLoader[],
): Promise<{ readonly group: Ed25519Group; readonly skipped: readonly SkippedGroup[] }> {
  const skipped: SkippedGroup[] = []
  for (const { group: name, load } of loaders) {
    const group = await load().catch(() => undefined)
    if (group !== undefined && passesSelfTest(group)) return { group, skipped }
    skipped.push({ group: name, reason: group === undefined ? 'not-loaded' : 'fails-rfc-9591' })
  }
  assert(false, 'FROST agrees with RFC 9591 on some back end')
}

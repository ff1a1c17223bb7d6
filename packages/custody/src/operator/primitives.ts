import { assert } from '@symbolon/formats/result'
import { loadLibsodiumGroup } from '../group/libsodium.ts'
import { nobleGroup } from '../group/noble.ts'
import type { Ed25519Group } from '../group/port.ts'
import { passesSelfTest } from '../group/self-test.ts'
import { choosePaymentSuite } from '../payment-suite.ts'
import type { Primitives, RandomBytes } from '../primitives.ts'

/** Which Ed25519 the vault computes with; when it is not libsodium, why. For the log at start and for every figure that is published. */
export type Backend =
  | { readonly group: 'libsodium-wasm' }
  | { readonly group: 'noble'; readonly reason: 'libsodium-not-loaded' | 'libsodium-fails-rfc-9591' }
export type OperatorPrimitives = Primitives & { readonly backend: Backend & Pick<Primitives, 'sealing'> }

/** libsodium in WebAssembly, or noble with the reason why not. Whatever is returned has passed the RFC 9591 vector in this process. */
export async function createOperatorPrimitives(randomBytes: RandomBytes, load = loadLibsodiumGroup): Promise<OperatorPrimitives> {
  const { group, backend } = await chooseGroup(load)
  const payment = await choosePaymentSuite()
  return { ...payment, group, randomBytes, backend: { ...backend, sealing: payment.sealing } }
}

async function chooseGroup(load: () => Promise<Ed25519Group>): Promise<{ readonly group: Ed25519Group; readonly backend: Backend }> {
  const loaded = await load().catch(() => undefined)
  if (loaded !== undefined && passesSelfTest(loaded)) return { group: loaded, backend: { group: 'libsodium-wasm' } }
  assert(passesSelfTest(nobleGroup), 'FROST agrees with RFC 9591')
  return {
    group: nobleGroup,
    backend: { group: 'noble', reason: loaded === undefined ? 'libsodium-not-loaded' : 'libsodium-fails-rfc-9591' },
  }
}

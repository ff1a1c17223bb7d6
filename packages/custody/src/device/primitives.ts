import { assert } from '@symbolon/formats/result'
import { nobleGroup } from '../group/noble.ts'
import { passesSelfTest } from '../group/self-test.ts'
import { choosePaymentSuite } from '../payment-suite.ts'
import type { Primitives, RandomBytes } from '../primitives.ts'

/** noble's Ed25519, and X25519 by WebCrypto where the runtime has it. Runs the RFC 9591 vector first and stops if it fails. */
export async function createDevicePrimitives(randomBytes: RandomBytes): Promise<Primitives> {
  assert(passesSelfTest(nobleGroup), 'FROST agrees with RFC 9591')
  return { ...(await choosePaymentSuite()), group: nobleGroup, randomBytes }
}

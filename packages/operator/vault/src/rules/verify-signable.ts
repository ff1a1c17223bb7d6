import type { DeviceKey, SignableMessage } from '@symbolon/custody/operator'
import { isEqualBytes } from '@symbolon/formats/bytes'
import { fail, ok, type Result } from '@symbolon/formats/result'
import { problem, type Problem } from '@symbolon/contracts/problems'

/** docs/custody.md 2: a message is good for a minute after it was made, by the vault's own clock, and five seconds of drift. */
const maximumValiditySeconds = 65
const maximumAmount = 999_999_999_999n
const maximumInstalmentMonths = 36
/** Bindings of one wallet, given-up ones included: a refresh moves the half of each. */
const maximumRecords = 32
const rejected = fail(problem('CUSTODY_REJECTED'))

/** now < exp ≤ now + 65. */
export function verifyExpiry(message: SignableMessage, nowSeconds: number): Result<undefined, Problem> {
  return nowSeconds < message.expiresAt && message.expiresAt <= nowSeconds + maximumValiditySeconds ? ok(undefined) : rejected
}

/** What a message has to say whatever the edge will think of it (docs/custody.md 4–5, step 3). */
export function verifySignable(
  message: SignableMessage,
  expected: {
    readonly nowSeconds: number
    readonly operatorId: Uint8Array
    readonly walletKey: Uint8Array
    readonly deviceKey: DeviceKey
    readonly hasRecord: boolean
    readonly recordCount: number
  },
): Result<undefined, Problem> {
  const expiry = verifyExpiry(message, expected.nowSeconds)
  if (!expiry.ok) return expiry
  switch (message.kind) {
    case 'pay':
      return isPayable(message) ? ok(undefined) : rejected
    case 'bind':
      // An issuer binds the key that this vault co-signs with, at this operator, and no other.
      return expected.recordCount < maximumRecords &&
        isEqualBytes(message.walletKey, expected.walletKey) &&
        isEqualBytes(message.deviceKey, expected.deviceKey.publicKey) &&
        isEqualBytes(message.operatorId, expected.operatorId)
        ? ok(undefined)
        : rejected
    case 'record':
      return expected.hasRecord ? ok(undefined) : rejected
    case 'refresh':
    case 'pinset':
    case 'close':
      return ok(undefined)
  }
}

function isPayable(message: SignableMessage & { readonly kind: 'pay' }): boolean {
  return (
    message.amountMinorUnits > 0n &&
    message.amountMinorUnits <= maximumAmount &&
    message.currencyNumeric <= 999 &&
    message.instalmentMonths <= maximumInstalmentMonths &&
    message.channel >= 1
  )
}

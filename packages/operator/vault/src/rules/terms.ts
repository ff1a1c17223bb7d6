import type { SignableMessage } from '@symbolon/custody/operator'
import type { CheckAnswer } from '@symbolon/contracts/planes'
import { bytesToHex } from '@symbolon/formats/bytes'

/** What edge may know of a message before it is signed: everything the device agreed to, and nothing that signs. */
export type Terms = Extract<CheckAnswer, { readonly outcome: 'ready' }>['terms']

export function describeTerms(message: SignableMessage, deviceKeyKind: number): Terms {
  const paymentAttemptId = bytesToHex(message.paymentAttemptId)
  switch (message.kind) {
    case 'bind':
    case 'record':
    case 'refresh':
    case 'pinset':
    case 'close':
      return { kind: message.kind, paymentAttemptId }
    case 'pay':
      return {
        kind: 'pay',
        tokenReferenceId: bytesToHex(message.tokenReferenceId),
        paymentAttemptId,
        merchantId: bytesToHex(message.merchantId),
        requestHash: bytesToHex(message.requestHash),
        amountMinorUnits: message.amountMinorUnits.toString(),
        currencyNumeric: message.currencyNumeric.toString().padStart(3, '0'),
        instalmentMonths: message.instalmentMonths,
        expiresAt: message.expiresAt,
        channel: message.channel,
        deviceKeyKind,
      }
  }
}

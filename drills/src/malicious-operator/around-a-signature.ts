import { deriveCardAcceptorId } from '@symbolon/contracts/payment-request'
import type { SignedMessage } from '@symbolon/contracts/planes'
import { encodeSignable } from '@symbolon/custody/device'
import { bytesToBase64url, utf8ToBytes } from '@symbolon/formats/bytes'
import type { IsoMessage } from '@symbolon/formats/iso8583'
import type { IssuerBench, PayMessage } from './issuer-bench.ts'

export type Variant = { readonly name: string; readonly message: IsoMessage }

/** Everything that an operator can change around one genuine signature, one thing at a time. */
export function listVariants(bench: IssuerBench, signed: SignedMessage, otherToken: Uint8Array): readonly Variant[] {
  const pay = bench.read(signed)
  const more = pay.amountMinorUnits * 100n
  const rewrite = (changes: Partial<PayMessage>): Partial<SignedMessage> => ({
    message: bytesToBase64url(encodeSignable({ ...pay, ...changes })),
  })
  const otherMerchant = utf8ToBytes('another merchant')
  const build = bench.build
  return [
    { name: 'amount', message: build(signed, { pay: { amountMinorUnits: more } }) },
    { name: 'a smaller amount', message: build(signed, { pay: { amountMinorUnits: 1n } }) },
    { name: 'currency', message: build(signed, { pay: { currencyNumeric: 840 } }) },
    { name: 'merchant', message: build(signed, { fields: { cardAcceptorId: deriveCardAcceptorId(otherMerchant) } }) },
    { name: 'instalments', message: build(signed, { fields: { extendedPaymentCode: '12' } }) },
    { name: 'entry mode', message: build(signed, { fields: { posEntryMode: '051' } }) },
    { name: 'processing code', message: build(signed, { fields: { processingCode: '200000' } }) },
    { name: 'another token', message: build(signed, { pay: { tokenReferenceId: otherToken } }) },
    { name: 'a card number', message: build(signed, { fields: { primaryAccountNumber: '4111111111111111' } }) },
    {
      name: 'amount in message and field',
      message: build(signed, { pay: { amountMinorUnits: more }, signed: rewrite({ amountMinorUnits: more }) }),
    },
    {
      name: 'token in message and field',
      message: build(signed, { pay: { tokenReferenceId: otherToken }, signed: rewrite({ tokenReferenceId: otherToken }) }),
    },
    {
      name: 'merchant in message and field',
      message: build(signed, { pay: { merchantId: otherMerchant }, signed: rewrite({ merchantId: otherMerchant }) }),
    },
    { name: 'a later expiry', message: build(signed, { signed: rewrite({ expiresAt: pay.expiresAt + 60 }) }) },
    { name: 'the joint signature of nothing', message: build(signed, { signed: { signature: bytesToBase64url(new Uint8Array(64)) } }) },
    { name: 'no device signature', message: build(signed, { signed: { deviceSignature: bytesToBase64url(new Uint8Array(64)) } }) },
  ]
}

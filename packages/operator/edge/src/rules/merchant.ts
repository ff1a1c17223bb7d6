/** A shop that may use the merchant API. Its signing keys are read from its own origin, never kept here. */
export type Merchant = {
  readonly merchantId: string
  readonly name: string
  readonly origin: string
  readonly slug: string
  readonly apiKeyHash: Uint8Array
}

export { createSigningKey, parseSigningKey, signPaymentRequest, type PublicJwk, type SigningKey } from './signing.ts'
export { createPaymentsClient, type PaymentsClient, type PaymentsClientOptions } from './payments-client.ts'

import type { Installation } from '@symbolon/contracts/installation'
import type { PlantedValue } from '../rules/planted.ts'
import { createRecording } from '../places/recorded.ts'
import type { Place } from '../places/place.ts'

/**
 * Sends every planted value to edge where it does not belong (path, query, header, each member of a body, a broken body) and keeps
 * the answers: an error that repeats its input would hand a secret to logs and strangers.
 */
export async function collectErrors(installation: Installation, planted: readonly PlantedValue[]): Promise<Place> {
  const recording = createRecording('error bodies', (marker) => {
    // What an answer that repeats its input would have put here.
    recording.record(Buffer.from(`{"code":"REQUEST_INVALID","param":"${marker}"}`))
    return Promise.resolve(() => Promise.resolve())
  })
  for (const { value } of planted) {
    const text = encodeURIComponent(value)
    const body = JSON.stringify({ request: value, message: value, paymentId: value, [value]: value })
    const asks: readonly (readonly [string, RequestInit])[] = [
      [`/v1/payments/${text}`, { headers: { authorization: 'Bearer sk_test_x' } }],
      [`/v1/payments?orderId=${text}`, {}],
      [`/v1/checkout/${text}`, {}],
      [`/${text}`, {}],
      [
        '/v1/payments',
        { method: 'POST', body, headers: { 'content-type': 'application/json', authorization: `Bearer ${text}`, 'idempotency-key': text } },
      ],
      [`/v1/wallets/${text}/open`, { method: 'POST', body, headers: { 'content-type': 'application/json' } }],
      ['/v1/wallets', { method: 'POST', body: `{"${value}`, headers: { 'content-type': 'application/json' } }],
      ['/v1/wallets', { method: 'POST', body: value, headers: { 'content-type': 'text/plain' } }],
    ]
    for (const [path, request] of asks) {
      const answer = await fetch(new URL(path, installation.edgeOrigin), request)
      recording.record(Buffer.from(JSON.stringify([...answer.headers]) + (await answer.text())))
    }
  }
  return recording.place
}

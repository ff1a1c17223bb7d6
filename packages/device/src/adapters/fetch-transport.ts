import { Fault } from '@symbolon/formats/result'
import type { Transport } from '../ports.ts'

const maximumAnswerCharacters = 100_000

/** JSON over `fetch`, in a page or in Node. No cookies, no referrer, no cache: these calls carry what they need and nothing else. */
export function createFetchTransport(options: { readonly timeoutMs: number }): Transport {
  return async ({ method, url, body }) => {
    try {
      const response = await fetch(url, {
        method,
        credentials: 'omit',
        cache: 'no-store',
        redirect: 'error',
        referrerPolicy: 'no-referrer',
        signal: AbortSignal.timeout(options.timeoutMs),
        ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
      })
      const text = await response.text()
      if (text.length > maximumAnswerCharacters) throw new Error('the answer is larger than allowed')
      const parsed: unknown = text === '' ? undefined : JSON.parse(text)
      return { status: response.status, body: parsed }
    } catch (cause) {
      throw new Fault('SERVICE_FAULT', { retry: 'later', cause })
    }
  }
}

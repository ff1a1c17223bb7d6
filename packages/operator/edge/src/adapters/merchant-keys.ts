import { Value } from 'typebox/value'
import { MerchantKeys, merchantKeysPath } from '@symbolon/contracts/payment-request'
import { Fault } from '@symbolon/formats/result'
import type { MerchantKey, MerchantKeyStore } from '../flows/ports.ts'

export type MerchantKeyOptions = {
  readonly timeoutMs: number
  readonly maximumBytes: number
  /** How long a document is believed without asking again. */
  readonly keptMs: number
  /** How soon a key that is not in the document makes us ask again: a merchant may have added one. */
  readonly askAgainMs: number
}
export const merchantKeyOptions: MerchantKeyOptions = { timeoutMs: 3_000, maximumBytes: 64 * 1_024, keptMs: 300_000, askAgainMs: 5_000 }

type Entry = { readonly loadedAtMs: number; readonly document: Promise<MerchantKeys> }

/**
 * Reads keys from the merchant's own origin, so that the operator's directory cannot exchange a shop's key. The address comes from
 * the operator's configuration and never from a request; redirects are not followed; size and time are bounded.
 */
export function createMerchantKeyStore(options: MerchantKeyOptions, nowMs: () => number): MerchantKeyStore {
  const entries = new Map<string, Entry>()
  const load = (origin: string, maximumAgeMs: number): Promise<MerchantKeys> => {
    const known = entries.get(origin)
    if (known !== undefined && nowMs() - known.loadedAtMs < maximumAgeMs) return known.document
    const entry = { loadedAtMs: nowMs(), document: fetchKeys(origin, options) }
    entries.set(origin, entry)
    // A failure is not kept: the next request asks again.
    entry.document.catch(() => entries.get(origin) === entry && entries.delete(origin))
    return entry.document
  }
  return {
    find: async ({ origin, merchantId, slug }, kid) => {
      const pick = (document: MerchantKeys): MerchantKey | undefined =>
        document.merchants
          .find((merchant) => merchant.merchantId === merchantId && merchant.merchantSlug === slug)
          ?.keys.find((key) => key.kid === kid)
      return pick(await load(origin, options.keptMs)) ?? pick(await load(origin, options.askAgainMs))
    },
  }
}

async function fetchKeys(origin: string, { timeoutMs, maximumBytes }: MerchantKeyOptions): Promise<MerchantKeys> {
  try {
    const response = await fetch(new URL(merchantKeysPath, origin), {
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
      headers: { accept: 'application/json' },
    })
    if (response.status !== 200 || response.body === null) throw new TypeError('the well-known document is not there')
    const parsed: unknown = JSON.parse(await readText(response.body, maximumBytes))
    if (!Value.Check(MerchantKeys, parsed)) throw new TypeError('the well-known document does not have the documented form')
    return parsed
  } catch (cause) {
    throw new Fault('SERVICE_FAULT', { retry: 'later', cause })
  }
}

// Read piece by piece: a length header is a promise, not a bound.
async function readText(body: AsyncIterable<Uint8Array>, maximumBytes: number): Promise<string> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of body) {
    size += chunk.length
    if (size > maximumBytes) throw new RangeError('the well-known document is larger than allowed')
    chunks.push(chunk)
  }
  return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks))
}

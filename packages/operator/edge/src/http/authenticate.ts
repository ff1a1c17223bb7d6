import { timingSafeEqual } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { assert } from '@symbolon/formats/result'
import { sendProblem } from '@symbolon/service/http'
import { sha256 } from '../adapters/system.ts'
import type { MerchantStore } from '../flows/stores.ts'
import type { Merchant } from '../rules/merchant.ts'
import type { RateLimiter } from './rate-limiter.ts'

const apiKeyForm = /^sk_test_[A-Za-z0-9_-]{43}$/u

type Hook = (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply | undefined>

/** Who called, found before the body is even read. */
export type MerchantGate = { readonly hook: Hook; merchantOf(request: FastifyRequest): Merchant }

/** Lets in whoever has an API key, by Bearer or as the user name of Basic. */
export function createMerchantGate(merchants: MerchantStore, limiter: RateLimiter): MerchantGate {
  const known = new WeakMap<FastifyRequest, Merchant>()
  return {
    hook: async (request, reply) => {
      const key = readApiKey(request.headers.authorization)
      // The hash is what is looked up, so how long it takes says nothing about a key.
      const merchant = key === undefined || !apiKeyForm.test(key) ? undefined : await merchants.findByApiKeyHash(sha256(key))
      if (merchant === undefined) return refuse(reply, limiter('unauthenticated', request.ip))
      if (!limiter('merchant', merchant.merchantId)) return sendProblem(reply, { code: 'REQUEST_TOO_MANY' })
      known.set(request, merchant)
      return undefined
    },
    merchantOf: (request) => {
      const merchant = known.get(request)
      assert(merchant !== undefined, 'a route of the merchant API has its gate')
      return merchant
    },
  }
}

/** Lets in whoever has the operator's own key. */
export function createOperationsGate(operationsKeyHash: Uint8Array, limiter: RateLimiter): Hook {
  return async (request, reply) => {
    const key = readBearer(request.headers.authorization)
    if (key !== undefined && timingSafeEqual(sha256(key), operationsKeyHash)) return undefined
    return refuse(reply, limiter('unauthenticated', request.ip))
  }
}

function refuse(reply: FastifyReply, isAllowed: boolean): FastifyReply {
  if (!isAllowed) return sendProblem(reply, { code: 'REQUEST_TOO_MANY' })
  return sendProblem(reply.header('www-authenticate', 'Bearer, Basic realm="symbolon"'), { code: 'IDENTITY_KEY_INVALID' })
}

function readApiKey(header: string | undefined): string | undefined {
  const basic = /^Basic ([A-Za-z0-9+/]{1,400}=*)$/iu.exec(header ?? '')?.[1]
  return basic === undefined ? readBearer(header) : Buffer.from(basic, 'base64').toString('latin1').replace(/:.*$/su, '')
}

function readBearer(header: string | undefined): string | undefined {
  return /^Bearer ([A-Za-z0-9_-]{1,200})$/iu.exec(header ?? '')?.[1]
}

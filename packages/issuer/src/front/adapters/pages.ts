import { randomBytes } from 'node:crypto'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { chooseLocale, renderPage, type Locale, type Page, type Text } from '../rules/page.ts'
import type { RateLimiter } from './rate-limiter.ts'

/** What every page of the issuer's own needs: whose it is, and how often one address may ask. */
export type PageDoor = {
  readonly origin: string
  readonly name: Text
  readonly brandColour: string
  readonly operatorNames: ReadonlyMap<string, Text>
  readonly limiter: RateLimiter
}

/** Forms of our own pages, as their fields; anything else that is posted is refused by its content type. */
export function acceptForms(routes: FastifyInstance): void {
  routes.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string', bodyLimit: 1_000 }, (_request, body, parsed) =>
    parsed(null, new URLSearchParams(String(body))),
  )
}

/** A browser that can say where the form came from must say: from here. Other programs send neither header. */
export function isOwnPage(request: Pick<FastifyRequest, 'headers'>, ownOrigin: string): boolean {
  const { origin } = request.headers
  const site = request.headers['sec-fetch-site']
  return (origin === undefined || origin === ownOrigin) && (site === undefined || site === 'same-origin')
}

export function localeOf(request: Pick<FastifyRequest, 'url' | 'headers'>): Locale {
  const requested = new URL(request.url, 'http://localhost').searchParams.get('lang') ?? undefined
  return chooseLocale(requested, request.headers['accept-language'])
}

type Answer = { readonly status: number; readonly page: (locale: Locale) => Page }

/** Sends a page that runs no script, loads nothing, stands in no frame and is kept nowhere. */
export function sendPage(door: PageDoor, request: FastifyRequest, reply: FastifyReply, { status, page }: Answer): FastifyReply {
  const styleNonce = randomBytes(16).toString('base64')
  const locale = localeOf(request)
  return reply
    .code(status)
    .headers({
      'content-type': 'text/html; charset=utf-8',
      'content-language': locale,
      'content-security-policy': `default-src 'none'; style-src 'nonce-${styleNonce}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      // Not no-referrer: with it a browser sends `Origin: null` for the form, and isOwnPage could not tell its own page.
      'referrer-policy': 'same-origin',
      'cache-control': 'no-store',
      'cross-origin-opener-policy': 'same-origin',
      vary: 'accept-language',
    })
    .send(renderPage(page(locale), { name: door.name, colour: door.brandColour, styleNonce }, locale))
}

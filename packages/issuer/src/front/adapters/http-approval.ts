import { randomBytes } from 'node:crypto'
import { Type, type Static } from 'typebox'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Id, type LocalisedText } from '@symbolon/contracts/limits'
import { bytesToHex, hexToBytes } from '@symbolon/formats/bytes'
import { decideEnrolment, type Press, type PressOutcome } from '../flows/decide-enrolment.ts'
import type { EnrolmentDependencies } from '../flows/enrolment-dependencies.ts'
import type { EnrolmentRecord } from '../flows/enrolment-store.ts'
import { isOver } from '../flows/show-enrolment.ts'
import { chooseLocale, renderApprovalPage, type ApprovalView } from '../rules/approval-page.ts'
import type { RateLimiter } from './rate-limiter.ts'

type Text = Static<typeof LocalisedText>
type ApprovalDoor = {
  readonly deps: EnrolmentDependencies
  readonly name: Text
  readonly brandColour: string
  readonly operatorNames: ReadonlyMap<string, Text>
  readonly limiter: RateLimiter
}
const Params = Type.Object({ enrolmentId: Id }, { additionalProperties: false })

/** /approve/{enrolmentId}: the issuer asks its customer directly. GET only shows; a person has to press a button, which is a POST. */
export function registerApproval(app: FastifyInstance, door: ApprovalDoor): void {
  void app.register((routes, _options, done) => {
    routes.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string', bodyLimit: 1_000 }, (_request, body, parsed) =>
      parsed(null, parsePress(String(body))),
    )
    routes.get('/', (request, reply) => sendPage(door, request, reply, { status: 200, view: { kind: 'home' } }))
    routes.get<{ Params: Static<typeof Params> }>('/approve/:enrolmentId', { schema: { params: Params } }, async (request, reply) => {
      if (!door.limiter.isAllowed(request.ip)) return sendPage(door, request, reply, { status: 429, view: { kind: 'stale' } })
      const enrolment = await door.deps.store.find(hexToBytes(request.params.enrolmentId))
      const view = describeView(door, enrolment)
      return sendPage(door, request, reply, { status: view.kind === 'gone' ? 404 : 200, view })
    })
    routes.post<{ Params: Static<typeof Params>; Body: Press | undefined }>(
      '/approve/:enrolmentId',
      { schema: { params: Params } },
      async (request, reply) => {
        if (!door.limiter.isAllowed(request.ip)) return sendPage(door, request, reply, { status: 429, view: { kind: 'stale' } })
        if (request.body === undefined || !isOwnPage(request, door.deps.origin))
          return sendPage(door, request, reply, { status: 403, view: { kind: 'stale' } })
        const outcome = await decideEnrolment(door.deps, request.params.enrolmentId, request.body)
        return sendPage(door, request, reply, { status: statusByOutcome[outcome], view: { kind: outcome } })
      },
    )
    done()
  })
}

const statusByOutcome = { approved: 200, refused: 200, gone: 404, stale: 409 } as const satisfies Readonly<Record<PressOutcome, number>>

function describeView(door: ApprovalDoor, enrolment: EnrolmentRecord | undefined): ApprovalView {
  if (enrolment === undefined || isOver(enrolment, door.deps.now())) return { kind: 'gone' }
  if (enrolment.state === 'active') return { kind: 'approved' }
  if (enrolment.state === 'refused') return { kind: 'refused' }
  const operatorName = door.operatorNames.get(bytesToHex(enrolment.operatorId))
  if (enrolment.state === 'open' || enrolment.submission === undefined || operatorName === undefined) return { kind: 'gone' }
  const { network, lastFour, formToken } = enrolment.submission
  return { kind: 'ask', operatorName, network, lastFour, formToken, action: `/approve/${bytesToHex(enrolment.enrolmentId)}` }
}

// A browser that can say where the form came from must say: from here. Other programs send neither header.
function isOwnPage(request: Pick<FastifyRequest, 'headers'>, ownOrigin: string): boolean {
  const { origin } = request.headers
  const site = request.headers['sec-fetch-site']
  return (origin === undefined || origin === ownOrigin) && (site === undefined || site === 'same-origin')
}

/** Reads the two fields of the form; anything else is no press. */
function parsePress(body: string): Press | undefined {
  const fields = new URLSearchParams(body)
  const decision = fields.get('decision')
  const formToken = fields.get('formToken') ?? ''
  if ((decision !== 'approve' && decision !== 'refuse') || !/^[0-9a-f]{64}$/u.test(formToken)) return undefined
  return { decision, formToken }
}

function sendPage(
  door: ApprovalDoor,
  request: Pick<FastifyRequest, 'url' | 'headers'>,
  reply: FastifyReply,
  page: { readonly status: number; readonly view: ApprovalView },
): FastifyReply {
  const styleNonce = randomBytes(16).toString('base64')
  const requested = new URL(request.url, 'http://localhost').searchParams.get('lang') ?? undefined
  const locale = chooseLocale(requested, request.headers['accept-language'])
  const view = page.view.kind === 'ask' ? { ...page.view, action: `${page.view.action}?lang=${locale}` } : page.view
  return reply
    .code(page.status)
    .headers({
      'content-type': 'text/html; charset=utf-8',
      'content-language': locale,
      'content-security-policy': `default-src 'none'; style-src 'nonce-${styleNonce}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      // Not no-referrer: with it a browser sends `Origin: null` for the form, and the check above could not tell its own page.
      'referrer-policy': 'same-origin',
      'cache-control': 'no-store',
      'cross-origin-opener-policy': 'same-origin',
      vary: 'accept-language',
    })
    .send(renderApprovalPage(view, { name: door.name, colour: door.brandColour, styleNonce }, locale))
}

import { Type, type Static } from 'typebox'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Id } from '@symbolon/contracts/limits'
import { bytesToHex, hexToBytes } from '@symbolon/formats/bytes'
import { decideEnrolment, type Press, type PressOutcome } from '../flows/decide-enrolment.ts'
import { decideRebindPress } from '../flows/decide-rebind.ts'
import type { EnrolmentDependencies, RebindDependencies } from '../flows/enrolment-dependencies.ts'
import { isOver } from '../flows/show-enrolment.ts'
import { isRebindOver } from '../flows/show-rebind.ts'
import { approvalPage, type ApprovalView } from '../rules/approval-page.ts'
import { rebindPage, type RebindView } from '../rules/rebind-page.ts'
import { acceptForms, isOwnPage, localeOf, sendPage, type PageDoor } from './pages.ts'

type ApprovalDoor = PageDoor & {
  readonly deps: EnrolmentDependencies
  readonly rebindDeps: RebindDependencies
  /** The address of the page that shows every wallet of a card: given only to who has just approved. */
  readonly accountAddress: (capability: string) => string
}
const Params = Type.Object({ id: Id }, { additionalProperties: false })
type Route = { Params: Static<typeof Params>; Body: unknown }

/** The issuer asks its customer directly. GET only shows; a person has to press a button, which is a POST. */
export function registerApproval(app: FastifyInstance, door: ApprovalDoor): void {
  void app.register((routes, _options, done) => {
    acceptForms(routes)
    const options = { schema: { params: Params } }
    routes.get('/', (request, reply) => sendApproval(door, request, reply, { kind: 'home' }))
    routes.get<Route>('/approve/:id', options, async (request, reply) => {
      const view = door.limiter.isAllowed(request.ip) ? await describeEnrolment(door, request, false) : ({ kind: 'stale' } as const)
      return sendApproval(door, request, reply, view)
    })
    routes.post<Route>('/approve/:id', options, async (request, reply) => {
      const press = receivePress(door, request)
      if (press === undefined) return sendApproval(door, request, reply, { kind: 'stale' })
      const outcome = await decideEnrolment(door.deps, request.params.id, press)
      if (outcome === 'unidentified') return sendApproval(door, request, reply, await describeEnrolment(door, request, true))
      return sendApproval(door, request, reply, withAccount(door, request.params.id, outcome))
    })
    routes.get<Route>('/rebind/:id', options, async (request, reply) => {
      const view = door.limiter.isAllowed(request.ip) ? await describeRebind(door, request, false) : ({ kind: 'stale' } as const)
      return sendRebind(door, request, reply, view)
    })
    routes.post<Route>('/rebind/:id', options, async (request, reply) => {
      const press = receivePress(door, request)
      if (press === undefined) return sendRebind(door, request, reply, { kind: 'stale' })
      const outcome = await decideRebindPress(door.rebindDeps, request.params.id, press)
      if (outcome === 'unidentified') return sendRebind(door, request, reply, await describeRebind(door, request, true))
      return sendRebind(door, request, reply, withAccount(door, request.params.id, outcome))
    })
    done()
  })
}

type Shown<Kind extends string> = { readonly kind: Kind }
type Ended = { readonly kind: 'approved'; readonly account: string | undefined } | Shown<'refused' | 'gone' | 'stale'>

function withAccount(door: ApprovalDoor, id: string, outcome: Exclude<PressOutcome, 'unidentified'>): Ended {
  return outcome === 'approved' ? { kind: 'approved', account: door.accountAddress(id) } : { kind: outcome }
}

async function describeEnrolment(
  door: ApprovalDoor,
  request: FastifyRequest<Route>,
  isIdentificationMissing: boolean,
): Promise<ApprovalView> {
  const enrolment = await door.deps.store.find(hexToBytes(request.params.id))
  if (enrolment === undefined || isOver(enrolment, door.deps.now())) return { kind: 'gone' }
  if (enrolment.state === 'active') return { kind: 'approved', account: undefined }
  if (enrolment.state === 'refused') return { kind: 'refused' }
  const operatorName = door.operatorNames.get(bytesToHex(enrolment.operatorId))
  const { submission } = enrolment
  if (enrolment.state === 'open' || submission === undefined || operatorName === undefined) return { kind: 'gone' }
  const { network, lastFour, formToken, keyProtection } = submission
  const key = { keyProtection, limit: door.deps.keyLimits[keyProtection] }
  const bound = await door.deps.bindings.findOthers(submission.accountKey, enrolment.walletId)
  // What the staff has suspended is not offered: no customer takes it over.
  const others = bound.filter(({ suspension }) => suspension?.by !== 'office')
  const action = `/approve/${request.params.id}?lang=${localeOf(request)}`
  return { kind: 'ask', operatorName, network, lastFour, formToken, action, key, others, isIdentificationMissing }
}

async function describeRebind(door: ApprovalDoor, request: FastifyRequest<Route>, isIdentificationMissing: boolean): Promise<RebindView> {
  const { rebinds, now, newBindingLimits, keyLimits } = door.rebindDeps
  const rebind = await rebinds.find(hexToBytes(request.params.id))
  if (rebind === undefined || isRebindOver(rebind, now())) return { kind: 'gone' }
  if (rebind.state === 'active') return { kind: 'approved', account: undefined }
  if (rebind.state === 'refused') return { kind: 'refused' }
  const operatorName = door.operatorNames.get(bytesToHex(rebind.operatorId))
  if (rebind.state === 'open' || rebind.submission === undefined || operatorName === undefined) return { kind: 'gone' }
  const { proof, formToken, keyProtection } = rebind.submission
  return {
    kind: 'ask',
    operatorName,
    key: { keyProtection, limit: keyLimits[keyProtection] },
    proof,
    formToken,
    isIdentificationMissing,
    tokens: await rebinds.findTokens(rebind.tokenReferenceIds),
    limitHours: Math.ceil(newBindingLimits.seconds / 3_600),
    action: `/rebind/${request.params.id}?lang=${localeOf(request)}`,
  }
}

/** A press that may count: from our own page, not too many, and with the fields of our form. */
function receivePress(door: ApprovalDoor, request: FastifyRequest<Route>): Press | undefined {
  if (!door.limiter.isAllowed(request.ip) || !isOwnPage(request, door.origin)) return undefined
  return request.body instanceof URLSearchParams ? parsePress(request.body) : undefined
}

function parsePress(fields: URLSearchParams): Press | undefined {
  const decision = fields.get('decision')
  const formToken = fields.get('formToken') ?? ''
  const replaces = fields.get('replaces') ?? ''
  if ((decision !== 'approve' && decision !== 'refuse') || !/^[0-9a-f]{64}$/u.test(formToken)) return undefined
  if (!/^([0-9a-f]{32})?$/u.test(replaces)) return undefined
  return { decision, formToken, isIdentified: fields.get('identified') === 'yes', ...(replaces === '' ? {} : { replaces }) }
}

const statusByKind = { ask: 200, home: 200, approved: 200, refused: 200, gone: 404, stale: 409 } as const

function sendApproval(door: ApprovalDoor, request: FastifyRequest, reply: FastifyReply, view: ApprovalView): FastifyReply {
  return sendPage(door, request, reply, { status: statusOf(view), page: (locale) => approvalPage(view, locale) })
}

function sendRebind(door: ApprovalDoor, request: FastifyRequest, reply: FastifyReply, view: RebindView): FastifyReply {
  return sendPage(door, request, reply, { status: statusOf(view), page: (locale) => rebindPage(view, locale) })
}

function statusOf(view: ApprovalView | RebindView): number {
  return view.kind === 'ask' && view.isIdentificationMissing ? 422 : statusByKind[view.kind]
}

import { createHash } from 'node:crypto'
import { entryModeByChannel } from '@symbolon/contracts/issuer-link'
import { deriveCardAcceptorId } from '@symbolon/contracts/payment-request'
import type { AuthorizationAnswer, AuthorizationRequest } from '@symbolon/contracts/planes'
import { problem, type Problem } from '@symbolon/contracts/problems'
import { hexToBytes } from '@symbolon/formats/bytes'
import type { IsoMessage } from '@symbolon/formats/iso8583'
import { minorUnits } from '@symbolon/formats/money'
import { assert, fail, ok, type Result } from '@symbolon/formats/result'
import { encodeAuthorizationData } from '../rules/authorization-data.ts'
import { toAnswer, type Authorization, type Outcome, type SentAuthorization } from '../rules/authorization.ts'
import { decideAfterExchange } from '../rules/decide.ts'
import { encodeMerchantName } from '../rules/merchant-name.ts'
import { buildAuthorizationMessage, formatTransmissionDateTime } from '../rules/messages.ts'
import type { Issuer, LinkDependencies } from './dependencies.ts'
import { queueReversal } from './queue-reversal.ts'
import { untilStored } from './until-stored.ts'

type Answer = Result<AuthorizationAnswer, Problem>

/**
 * Asks an issuer for one payment: numbers drawn, 'pending' committed, then the 0200, then the end committed, then the answer. The
 * same request again gets what is stored; the same payment id with another content is refused.
 */
export async function authorize(deps: LinkDependencies, request: AuthorizationRequest): Promise<Answer> {
  const issuer = deps.issuersById.get(request.issuerId)
  if (issuer === undefined) return fail(problem('ISSUER_UNKNOWN'))
  const posEntryMode = entryModeByChannel[request.channel]
  if (posEntryMode === undefined) return fail(problem('REQUEST_INVALID', { param: '/channel' }))
  const authorizationData = encodeAuthorizationData(issuer.dialect, request)
  if (!authorizationData.ok) return authorizationData

  const asked = { ...factsOf(request), posEntryMode }
  const stored = await deps.store.find(request.paymentId)
  if (stored !== undefined) return answerStored(stored, asked)

  const nowMs = deps.clock.nowMs()
  if (issuer.session.state() === 'down') return insertUnsent(deps, asked, nowMs)
  const authorization: SentAuthorization = { ...asked, outcome: { kind: 'pending' }, trace: await drawTrace(deps, issuer, nowMs) }
  if (!(await deps.store.insert(authorization, nowMs))) return answerExisting(deps, asked)
  const message = buildAuthorizationMessage(authorization, {
    merchantType: issuer.merchantType,
    merchantName: encodeMerchantName(request.merchantName),
    authorizationData: authorizationData.value,
    nowMs,
  })
  return ok(toAnswer({ ...authorization, outcome: await exchangeAndStore(deps, issuer, authorization, message) }))
}

type Asked = Omit<Authorization, 'outcome' | 'trace'>

function factsOf(request: AuthorizationRequest): Omit<Asked, 'posEntryMode'> {
  return {
    paymentId: request.paymentId,
    requestHash: hashRequest(request),
    issuerId: request.issuerId,
    amount: minorUnits(BigInt(request.amountMinorUnits)),
    currency: request.currency,
    cardAcceptorId: deriveCardAcceptorId(hexToBytes(request.merchantId)),
  }
}

/** Over every member in a fixed order. */
export function hashRequest(request: AuthorizationRequest): string {
  const { signed } = request
  const members = [
    request.paymentId,
    request.issuerId,
    request.tokenReferenceId,
    request.merchantId,
    request.merchantName,
    request.amountMinorUnits,
    request.currency,
    request.instalmentMonths,
    request.channel,
    signed.message,
    signed.signature,
    signed.deviceKeyKind,
    signed.deviceSignature,
  ]
  return createHash('sha256').update(JSON.stringify(members)).digest('hex')
}

async function drawTrace(deps: LinkDependencies, issuer: Issuer, nowMs: number): Promise<SentAuthorization['trace']> {
  return {
    systemsTraceAuditNumber: await deps.numbers.nextTrace(issuer.issuerId),
    retrievalReferenceNumber: (await deps.numbers.nextReference()).text,
    transmissionDateTime: formatTransmissionDateTime(nowMs),
    acquiringInstitutionId: issuer.acquiringInstitutionId,
    cardAcceptorTerminalId: issuer.terminalId,
  }
}

async function insertUnsent(deps: LinkDependencies, asked: Asked, nowMs: number): Promise<Answer> {
  const authorization: Authorization = { ...asked, outcome: { kind: 'unsent', reason: 'issuer-unavailable' } }
  return (await deps.store.insert(authorization, nowMs)) ? ok(toAnswer(authorization)) : answerExisting(deps, asked)
}

async function answerExisting(deps: LinkDependencies, asked: Asked): Promise<Answer> {
  const stored = await deps.store.find(asked.paymentId)
  assert(stored !== undefined, 'a row that is in the way can be read')
  return answerStored(stored, asked)
}

function answerStored(stored: Authorization, asked: Asked): Answer {
  return stored.requestHash === asked.requestHash ? ok(toAnswer(stored)) : fail(problem('REQUEST_IDEMPOTENCY_CONFLICT'))
}

async function exchangeAndStore(
  deps: LinkDependencies,
  issuer: Issuer,
  authorization: SentAuthorization,
  message: IsoMessage,
): Promise<Outcome> {
  const { paymentId, issuerId } = authorization
  const exchange = await issuer.session.send(message, { answerTimeoutMs: issuer.timers.answerMs })
  const decision = decideAfterExchange(authorization, exchange)
  switch (decision.kind) {
    case 'settle':
      await untilStored(deps, () => deps.store.settle(paymentId, decision.outcome, deps.clock.nowMs()))
      return decision.outcome
    case 'reverse':
      deps.log.warn('an authorization is unanswered and will be reversed', { paymentId, issuerId, reason: decision.reason })
      await queueReversal(deps, authorization)
      return { kind: 'unanswered' }
  }
}

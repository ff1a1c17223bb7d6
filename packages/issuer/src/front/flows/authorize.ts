import type { ResponseCode } from '@symbolon/contracts/issuer-link'
import { parseSignable } from '@symbolon/custody/issuer'
import { bytesToHex, isEqualBytes } from '@symbolon/formats/bytes'
import { currencyByNumericCode } from '@symbolon/formats/money'
import { assert } from '@symbolon/formats/result'
import { decideAuthorization, refusalCodes, type PayMessage, type Refusal } from '../rules/authorization.ts'
import type { AuthorizationRequest } from '../rules/authorization-request.ts'
import type { SignatureFacts } from '../rules/binding.ts'
import { decideHostAnswer } from '../rules/host-answer.ts'
import { createHostRequest, transmissionDateTime, type Account, type HostFields } from '../rules/host-message.ts'
import type { AuthorizationDependencies } from './authorization-dependencies.ts'
import type { AuthorizationRecord, NewAuthorization, Sending, Settlement, StoredToken } from './authorization-store.ts'

/** What link hears in 0210. Undefined is silence: an answer that link must not use any more. */
export type AuthorizationAnswer = { readonly responseCode: ResponseCode; readonly authorizationId?: string }
export type Received = { readonly request: AuthorizationRequest; readonly digest: Uint8Array }

/**
 * Answers the 0200 requests of link. The very same request again, at any time and also while the first is still with the host, gets
 * the same answer; the host hears of it once.
 */
export function createAuthorize(deps: AuthorizationDependencies): (received: Received) => Promise<AuthorizationAnswer | undefined> {
  const running = new Map<string, { readonly digest: Uint8Array; readonly answer: Promise<AuthorizationAnswer | undefined> }>()
  return (received) => {
    const exchangeId = bytesToHex(deps.deriveExchangeId(received.request.key))
    const earlier = running.get(exchangeId)
    if (earlier !== undefined) {
      return isEqualBytes(earlier.digest, received.digest) ? earlier.answer : Promise.resolve(refusalAnswer('repeat-differs'))
    }
    const answer = authorize(deps, received).finally(() => running.delete(exchangeId))
    running.set(exchangeId, { digest: received.digest, answer })
    return answer
  }
}

async function authorize(deps: AuthorizationDependencies, received: Received): Promise<AuthorizationAnswer | undefined> {
  const { request, digest } = received
  const exchange = describeExchange(deps, request, digest)
  const earlier = await deps.store.find(exchange.exchangeId)
  if (earlier !== undefined) return answerEarlier(earlier, digest)
  const token = await deps.store.findToken(request.data.tokenReferenceId)
  const parsed = parseSignable(request.data.message)
  const message = parsed.ok && parsed.value.kind === 'pay' ? parsed.value : undefined
  const signatures: SignatureFacts =
    token === undefined ? { isJointValid: false, isDeviceValid: false } : deps.signatures.verifyPayment(request.data, token)
  const chatOrigins = token === undefined ? [] : deps.chatOriginsOf(token.operatorId)
  const { keyLimits, newBindingLimits } = deps
  const facts = { request, token, message, signatures, chatOrigins, keyLimits, newBindingLimits }
  const decision = decideAuthorization(facts, deps.now())
  if (!decision.ok || token === undefined)
    return refuse(deps, { exchange, message, token }, decision.ok ? 'token-unknown' : decision.problem.kind)
  const sending: Sending = {
    ...exchange,
    message: decision.value.message,
    host: createHostFields(deps, request, decision.value.message),
    limit: keyLimits[token.keyProtection],
    ...(signatures.assertion === undefined ? {} : { signCount: signatures.assertion.signCount }),
  }
  // Opened before anything is kept as sent: a number that cannot be opened must not leave an authorization behind.
  const account = { primaryAccountNumber: deps.vault.open(token.sealedAccount, token.accountKey), expiry: token.cardExpiry }
  const outcome = await deps.store.recordSent(sending)
  switch (outcome) {
    case 'recorded':
      return askHost(deps, sending, account)
    case 'exchange-known':
      return answerKnown(deps, exchange)
    case 'payment-used':
    case 'request-used':
    case 'slot-used':
    case 'count-not-grown':
    case 'above-key-day-limit':
    case 'above-key-day-count':
      return refuse(deps, { exchange, message, token }, outcome)
  }
}

function describeExchange(deps: AuthorizationDependencies, request: AuthorizationRequest, requestDigest: Uint8Array): NewAuthorization {
  const currency = currencyByNumericCode(request.currencyNumeric)
  assert(currency !== undefined, 'a parsed request has a currency that is carried')
  return {
    exchangeId: deps.deriveExchangeId(request.key),
    systemsTraceAuditNumber: request.key.systemsTraceAuditNumber,
    retrievalReferenceNumber: request.key.retrievalReferenceNumber,
    amountMinorUnits: request.amountMinorUnits,
    currency,
    requestDigest,
    receivedAt: deps.now(),
  }
}

type Attempt = {
  readonly exchange: NewAuthorization
  readonly message: PayMessage | undefined
  readonly token: StoredToken | undefined
}

async function refuse(deps: AuthorizationDependencies, attempt: Attempt, refusal: Refusal): Promise<AuthorizationAnswer | undefined> {
  deps.report(refusal)
  const isRecorded = await deps.store.recordRefused({
    ...attempt.exchange,
    responseCode: refusalCodes[refusal],
    tokenReferenceId: attempt.token?.tokenReferenceId,
    paymentAttemptId: attempt.message?.paymentAttemptId,
  })
  return isRecorded ? refusalAnswer(refusal) : answerKnown(deps, attempt.exchange)
}

async function answerKnown(deps: AuthorizationDependencies, exchange: NewAuthorization): Promise<AuthorizationAnswer | undefined> {
  const earlier = await deps.store.find(exchange.exchangeId)
  assert(earlier !== undefined, 'an exchange that is known can be found')
  return answerEarlier(earlier, exchange.requestDigest)
}

/** What a request hears whose exchange is known: never more than what was answered, and nothing of an approval that was reversed. */
export function answerEarlier(earlier: AuthorizationRecord, digest: Uint8Array): AuthorizationAnswer | undefined {
  if (earlier.requestDigest === undefined) return refusalAnswer('reversed-before')
  if (!isEqualBytes(earlier.requestDigest, digest)) return refusalAnswer('repeat-differs')
  const { responseCode, authorizationId } = earlier
  switch (earlier.state) {
    case 'sent':
      return undefined
    case 'reversed':
      return responseCode === undefined || responseCode === '00' ? refusalAnswer('reversed-before') : { responseCode }
    case 'approved':
    case 'declined':
      assert(responseCode !== undefined, 'what is settled has a response code')
      return { responseCode, ...(authorizationId === undefined ? {} : { authorizationId }) }
  }
}

function createHostFields(deps: AuthorizationDependencies, request: AuthorizationRequest, message: PayMessage): HostFields {
  return {
    processingCode: request.processingCode,
    transactionAmount: String(request.amountMinorUnits).padStart(12, '0'),
    transmissionDateTime: transmissionDateTime(deps.now()),
    systemsTraceAuditNumber: deps.nextTraceNumber(),
    posEntryMode: request.posEntryMode,
    transactionCurrencyCode: request.currencyNumeric,
    instalmentMonths: message.instalmentMonths,
    passed: request.passed,
  }
}

async function askHost(deps: AuthorizationDependencies, sending: Sending, account: Account): Promise<AuthorizationAnswer | undefined> {
  const exchange = await deps.host.send(createHostRequest(sending.host, account))
  const settlement = decideSettlement(exchange, sending.host)
  const isSettled = await deps.store.settle(sending.exchangeId, settlement)
  if (settlement.isReversalDue) deps.wakeReversals()
  // A reversal of link overtook the host's answer: link has given up, so there is nobody to tell.
  if (!isSettled) return undefined
  const { responseCode, authorizationId } = settlement
  return { responseCode, ...(authorizationId === undefined ? {} : { authorizationId }) }
}

type HostExchange = Awaited<ReturnType<AuthorizationDependencies['host']['send']>>

function decideSettlement(exchange: HostExchange, host: HostFields): Settlement {
  switch (exchange.kind) {
    case 'unsent':
      return { state: 'declined', responseCode: '91', authorizationId: undefined, isReversalDue: false }
    case 'unanswered':
      return { state: 'declined', responseCode: '91', authorizationId: undefined, isReversalDue: true }
    case 'answered':
      break
  }
  const { fields } = exchange.answer
  const decision = decideHostAnswer({
    responseCode: fields.responseCode,
    authorizationId: fields.authorizationIdResponse,
    isEcho:
      fields.retrievalReferenceNumber === host.passed.retrievalReferenceNumber &&
      (fields.transactionAmount === undefined || fields.transactionAmount === host.transactionAmount) &&
      (fields.transactionCurrencyCode === undefined || fields.transactionCurrencyCode === host.transactionCurrencyCode),
  })
  switch (decision.kind) {
    case 'approved':
      return { state: 'approved', responseCode: '00', authorizationId: decision.authorizationId, isReversalDue: false }
    case 'declined':
      return { state: 'declined', responseCode: decision.responseCode, authorizationId: undefined, isReversalDue: false }
    case 'reverse':
      return { state: 'declined', responseCode: decision.responseCode, authorizationId: undefined, isReversalDue: true }
  }
}

function refusalAnswer(refusal: Refusal): AuthorizationAnswer {
  return { responseCode: refusalCodes[refusal] }
}

import type { SuspensionAnswer, TokenSuspension } from '@symbolon/contracts/planes'
import { problem, type Problem } from '@symbolon/contracts/problems'
import { fail, Fault, ok, type Result } from '@symbolon/formats/result'
import { reversalPauseMs } from '../rules/decide.ts'
import { formatTransmissionDateTime } from '../rules/messages.ts'
import { buildTokenUpdate, isFinalTokenAnswer } from '../rules/token-update.ts'
import type { Issuer, LinkDependencies } from './dependencies.ts'
import { rest, type Step } from './reverse.ts'

/** Takes the word of edge that a wallet pays no more: stored first, sent by the loop. The same again changes nothing. */
export async function suspend(deps: LinkDependencies, suspension: TokenSuspension): Promise<Result<SuspensionAnswer, Problem>> {
  const issuer = deps.issuersById.get(suspension.issuerId)
  if (issuer === undefined) return fail(problem('ISSUER_UNKNOWN'))
  const known = await deps.suspensions.findState(suspension)
  if (known !== undefined) return ok({ state: known })
  const nowMs = deps.clock.nowMs()
  await deps.suspensions.queue({
    ...suspension,
    queueNumber: (await deps.numbers.nextReference()).number,
    systemsTraceAuditNumber: await deps.numbers.nextTrace(suspension.issuerId),
    transmissionDateTime: formatTransmissionDateTime(nowMs),
    nowMs,
  })
  issuer.suspensionBell.ring()
  return ok({ state: 'queued' })
}

/** Sends the suspensions owed to one issuer until the process stops: in order, one in flight, each until it is acknowledged. */
export async function runSuspensions(deps: LinkDependencies, issuer: Issuer): Promise<void> {
  while (!deps.isStopping()) {
    const step = await suspendNext(deps, issuer).catch((error: unknown): Step => {
      if (!(error instanceof Fault)) deps.log.error('a suspension could not be tried', error, { issuerId: issuer.issuerId })
      return { kind: 'waiting', pauseMs: issuer.timers.longestRetryMs }
    })
    await rest(deps, { ...issuer, bell: issuer.suspensionBell }, step)
  }
}

/** One attempt for the oldest suspension of an issuer. Only an answer that says that the issuer has understood ends it. */
export async function suspendNext(deps: LinkDependencies, issuer: Issuer): Promise<Step> {
  const owed = await deps.suspensions.findOwed(issuer.issuerId)
  if (owed === undefined) return { kind: 'idle' }
  if (issuer.session.state() === 'down') return { kind: 'down' }
  await deps.suspensions.countAttempt(owed)
  const exchange = await issuer.session.send(buildTokenUpdate(owed, issuer), { answerTimeoutMs: issuer.timers.reversalMs })
  const responseCode = exchange.kind === 'answered' ? (exchange.answer.fields.responseCode ?? '') : ''
  if (!isFinalTokenAnswer(responseCode)) return { kind: 'waiting', pauseMs: reversalPauseMs(owed.attempts + 1, issuer.timers) }
  if (responseCode !== '00')
    deps.log.warn('a suspension was acknowledged with another code than 00', { issuerId: issuer.issuerId, code: responseCode })
  await deps.suspensions.settle(owed, responseCode, deps.clock.nowMs())
  return { kind: 'done' }
}

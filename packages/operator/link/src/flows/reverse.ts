import type { IsoMessage } from '@symbolon/formats/iso8583'
import { Fault } from '@symbolon/formats/result'
import { reversalPauseMs } from '../rules/decide.ts'
import { buildReversalMessage } from '../rules/messages.ts'
import type { Issuer, LinkDependencies } from './dependencies.ts'

export type Step =
  | { readonly kind: 'idle' }
  | { readonly kind: 'done' }
  | { readonly kind: 'waiting'; readonly pauseMs: number }
  | { readonly kind: 'down' }

const idleMs = 60_000

/** Sends what is owed to one issuer until the process stops: in order, one in flight, each until it is acknowledged. */
export async function runReversals(deps: LinkDependencies, issuer: Issuer): Promise<void> {
  while (!deps.isStopping()) {
    const step = await reverseNext(deps, issuer).catch((error: unknown): Step => {
      if (!(error instanceof Fault)) deps.log.error('a reversal could not be tried', error, { issuerId: issuer.issuerId })
      return { kind: 'waiting', pauseMs: issuer.timers.longestRetryMs }
    })
    await rest(deps, issuer, step)
  }
}

/** What a sending loop does between two attempts: nothing, wait for work, for the session, or for its time. */
export async function rest(deps: LinkDependencies, issuer: Issuer, step: Step): Promise<void> {
  switch (step.kind) {
    case 'done':
      return
    case 'idle':
      return issuer.bell.wait(idleMs)
    case 'down':
      while (issuer.session.state() === 'down' && !deps.isStopping()) await issuer.bell.wait(idleMs)
      return
    case 'waiting': {
      // The bell also rings when more is queued, which must not hurry the one at the head.
      const until = deps.clock.nowMs() + step.pauseMs
      while (deps.clock.nowMs() < until && !deps.isStopping()) await issuer.bell.wait(until - deps.clock.nowMs())
    }
  }
}

/** One attempt for the oldest reversal of an issuer. Any 0430 ends it, whatever its DE 39: the issuer has heard. */
export async function reverseNext(deps: LinkDependencies, issuer: Issuer): Promise<Step> {
  const owed = await deps.store.findOwedReversal(issuer.issuerId)
  if (owed === undefined) return { kind: 'idle' }
  const { paymentId } = owed.original
  if (issuer.session.state() === 'down') return { kind: 'down' }
  await deps.store.countAttempt(paymentId)
  const exchange = await issuer.session.send(buildReversalMessage(owed, owed.attempts > 0), { answerTimeoutMs: issuer.timers.reversalMs })
  if (exchange.kind !== 'answered') return { kind: 'waiting', pauseMs: reversalPauseMs(owed.attempts + 1, issuer.timers) }
  const responseCode = exchange.answer.fields.responseCode ?? ''
  if (responseCode !== '00') deps.log.warn('a reversal was acknowledged with another code than 00', { paymentId, code: responseCode })
  await deps.store.settleReversal(paymentId, responseCode, deps.clock.nowMs())
  return { kind: 'done' }
}

/**
 * A 0430 that comes after its timer, in the pause before the next attempt. Without this an issuer that is slower than the timer would
 * be asked for ever. The trace number is the reversal's own, so an answer to anything else does not match.
 */
export async function acceptLateAcknowledgement(deps: LinkDependencies, issuer: Issuer, answer: IsoMessage): Promise<void> {
  if (answer.messageType !== '0430') return
  const owed = await deps.store.findOwedReversal(issuer.issuerId)
  if (owed === undefined || owed.attempts === 0) return
  const { systemsTraceAuditNumber, retrievalReferenceNumber, responseCode = '' } = answer.fields
  if (systemsTraceAuditNumber !== owed.systemsTraceAuditNumber) return
  if (retrievalReferenceNumber !== undefined && retrievalReferenceNumber !== owed.original.trace.retrievalReferenceNumber) return
  await deps.store.settleReversal(owed.original.paymentId, responseCode, deps.clock.nowMs())
}

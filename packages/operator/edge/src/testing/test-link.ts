import type { AuthorizationAnswer, AuthorizationRequest, TokenSuspension } from '@symbolon/contracts/planes'
import { Fault } from '@symbolon/formats/result'
import type { IssuerLink } from '../flows/ports.ts'

/** A link that keeps the contract of its port: one authorization a payment, whatever is asked how often. */
export type TestLink = IssuerLink & {
  /** What the issuer will say to the next new payment, and then what becomes of it later. */
  script(...answers: readonly AuthorizationAnswer[]): void
  failNextAuthorize(when: 'before' | 'after'): void
  failFinds(count: number): void
  /** The issuer's later word on a payment. */
  tell(paymentId: string, answer: AuthorizationAnswer): void
  readonly authorizations: ReadonlyMap<string, AuthorizationAnswer>
  readonly requests: AuthorizationRequest[]
  readonly suspensions: TokenSuspension[]
  failSuspensions(count: number): void
}

export const approval: AuthorizationAnswer = {
  outcome: 'approved',
  systemsTraceAuditNumber: '000001',
  retrievalReferenceNumber: '632900000001',
  authorizationIdResponse: 'OK0001',
  responseCode: '00',
}

export function createTestLink(): TestLink {
  const authorizations = new Map<string, AuthorizationAnswer>()
  const scripted: AuthorizationAnswer[] = []
  const requests: AuthorizationRequest[] = []
  let failing: 'before' | 'after' | undefined
  let findFaults = 0
  let suspensionFaults = 0
  const suspensions: TokenSuspension[] = []
  return {
    authorizations,
    requests,
    suspensions,
    failSuspensions: (count) => {
      suspensionFaults = count
    },
    suspend: async (suspension) => {
      suspensionFaults -= 1
      if (suspensionFaults >= 0) throw new Fault('SERVICE_FAULT', { retry: 'later' })
      suspensions.push(suspension)
    },
    script: (...answers) => scripted.push(...answers),
    failNextAuthorize: (when) => {
      failing = when
    },
    failFinds: (count) => {
      findFaults = count
    },
    tell: (paymentId, answer) => authorizations.set(paymentId, answer),
    authorize: async (request) => {
      const when = failing
      failing = undefined
      if (when === 'before') throw new Fault('SERVICE_FAULT', { retry: 'later' })
      requests.push(request)
      const answer = authorizations.get(request.paymentId) ?? scripted.shift() ?? approval
      authorizations.set(request.paymentId, answer)
      if (when === 'after') throw new Fault('SERVICE_FAULT', { retry: 'later' })
      return answer
    },
    find: async (paymentId) => {
      findFaults -= 1
      if (findFaults >= 0) throw new Fault('SERVICE_FAULT', { retry: 'later' })
      return authorizations.get(paymentId)
    },
  }
}

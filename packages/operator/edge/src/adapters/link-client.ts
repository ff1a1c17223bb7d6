import { AuthorizationAnswer, SuspensionAnswer } from '@symbolon/contracts/planes'
import { Fault } from '@symbolon/formats/result'
import type { PeerClient } from '@symbolon/service/http-client'
import type { IssuerLink } from '../flows/ports.ts'
import { readAnswer } from './peer-answers.ts'

/** The link may hold its answer until the issuer's: long enough for every time-out of its own. */
export const linkTimeoutMs = 20_000

/** The link over its private socket. A problem from it is a Fault: an authorization is never given up on a refusal of ours. */
export function createLinkClient(peer: PeerClient): IssuerLink {
  return {
    authorize: async (request) => {
      const answer = readAnswer(AuthorizationAnswer, await peer.call('POST', '/authorizations', request))
      if (!answer.ok) throw new Fault('SERVICE_FAULT', { retry: 'later' })
      return answer.value
    },
    find: async (paymentId) => {
      const answer = readAnswer(AuthorizationAnswer, await peer.call('GET', `/authorizations/${paymentId}`))
      if (answer.ok) return answer.value
      if (answer.problem.code === 'REQUEST_NOT_FOUND') return undefined
      throw new Fault('SERVICE_FAULT', { retry: 'later' })
    },
    suspend: async (suspension) => {
      const answer = readAnswer(SuspensionAnswer, await peer.call('POST', '/suspensions', suspension))
      if (!answer.ok) throw new Fault('SERVICE_FAULT', { retry: 'later' })
    },
  }
}

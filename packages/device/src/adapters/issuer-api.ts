import { Enrolment, EnrolmentOpened, type EnrolmentOpen, type EnrolmentSubmit } from '@symbolon/contracts/issuer-api'
import { Rebind, RebindOpened, type RebindOpen, type RebindSubmit } from '@symbolon/contracts/rebind-api'
import type { Problem } from '@symbolon/contracts/problems'
import type { Result } from '@symbolon/formats/result'
import type { Transport } from '../ports.ts'
import { callPeer } from './call.ts'

/** The issuer's own door. Card data goes here directly, sealed, and never through the operator. */
export type IssuerApi = {
  openEnrolment(origin: string, request: EnrolmentOpen): Promise<Result<EnrolmentOpened, Problem>>
  submitEnrolment(origin: string, enrolmentId: string, request: EnrolmentSubmit): Promise<Result<Enrolment, Problem>>
  getEnrolment(origin: string, enrolmentId: string): Promise<Result<Enrolment, Problem>>
  openRebind(origin: string, request: RebindOpen): Promise<Result<RebindOpened, Problem>>
  submitRebind(origin: string, rebindId: string, request: RebindSubmit): Promise<Result<Rebind, Problem>>
  getRebind(origin: string, rebindId: string): Promise<Result<Rebind, Problem>>
}

export function createIssuerApi(transport: Transport): IssuerApi {
  return {
    openEnrolment: (origin, body) => callPeer(transport, EnrolmentOpened, { method: 'POST', url: `${origin}/v1/enrolments`, body }),
    submitEnrolment: (origin, enrolmentId, body) =>
      callPeer(transport, Enrolment, { method: 'POST', url: `${origin}/v1/enrolments/${enrolmentId}`, body }),
    openRebind: (origin, body) => callPeer(transport, RebindOpened, { method: 'POST', url: `${origin}/v1/rebinds`, body }),
    submitRebind: (origin, rebindId, body) =>
      callPeer(transport, Rebind, { method: 'POST', url: `${origin}/v1/rebinds/${rebindId}`, body }),
    getRebind: (origin, rebindId) => callPeer(transport, Rebind, { method: 'GET', url: `${origin}/v1/rebinds/${rebindId}` }),
    getEnrolment: (origin, enrolmentId) => callPeer(transport, Enrolment, { method: 'GET', url: `${origin}/v1/enrolments/${enrolmentId}` }),
  }
}

import { Enrolment, EnrolmentOpened, type EnrolmentOpen, type EnrolmentSubmit } from '@symbolon/contracts/issuer-api'
import type { Problem } from '@symbolon/contracts/problems'
import type { Result } from '@symbolon/formats/result'
import type { Transport } from '../ports.ts'
import { callPeer } from './call.ts'

/** The issuer's own door. Card data goes here directly, sealed, and never through the operator. */
export type IssuerApi = {
  openEnrolment(origin: string, request: EnrolmentOpen): Promise<Result<EnrolmentOpened, Problem>>
  submitEnrolment(origin: string, enrolmentId: string, request: EnrolmentSubmit): Promise<Result<Enrolment, Problem>>
  getEnrolment(origin: string, enrolmentId: string): Promise<Result<Enrolment, Problem>>
}

export function createIssuerApi(transport: Transport): IssuerApi {
  return {
    openEnrolment: (origin, body) => callPeer(transport, EnrolmentOpened, { method: 'POST', url: `${origin}/v1/enrolments`, body }),
    submitEnrolment: (origin, enrolmentId, body) =>
      callPeer(transport, Enrolment, { method: 'POST', url: `${origin}/v1/enrolments/${enrolmentId}`, body }),
    getEnrolment: (origin, enrolmentId) => callPeer(transport, Enrolment, { method: 'GET', url: `${origin}/v1/enrolments/${enrolmentId}` }),
  }
}

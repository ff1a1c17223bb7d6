import { isEqualBytes } from '@symbolon/formats/bytes'
import { decideHostAuthorization, type HostPolicy } from '../rules/authorization.ts'
import { amountEnding, silentAmountEnding } from '../rules/scripted-outcome.ts'
import type { HostReceived, HostRecord, HostStore } from './host-store.ts'

export type HostDependencies = {
  readonly store: HostStore
  readonly policy: HostPolicy
  now(): number
  /** Six characters for DE 38. */
  createAuthorizationId(): string
}
export type HostResponse = { readonly responseCode: string; readonly authorizationId?: string }

/** Answers an authorization request; the same request again gets the same answer. Undefined is the silence of a script. */
export async function answerAuthorization(deps: HostDependencies, received: HostReceived): Promise<HostResponse | undefined> {
  const { request, digest } = received
  const { isNew, record } = await deps.store.authorize(received, (spent) => {
    const responseCode = decideHostAuthorization(request, spent, deps.policy, deps.now())
    const isSilent = deps.policy.hasScripts && amountEnding(request.amountMinorUnits) === silentAmountEnding
    return { responseCode, isSilent, authorizationId: responseCode === '00' ? deps.createAuthorizationId() : undefined }
  })
  if (!isNew && (record.requestDigest === undefined || record.state === 'reversed')) return { responseCode: '68' }
  if (!isNew && !isSame(record, digest)) return { responseCode: '94' }
  if (record.isSilent) return undefined
  const { responseCode, authorizationId } = record
  return { responseCode, ...(authorizationId === undefined ? {} : { authorizationId }) }
}

function isSame(record: HostRecord, digest: Uint8Array): boolean {
  return record.requestDigest !== undefined && isEqualBytes(record.requestDigest, digest)
}

import type { Directory } from '@symbolon/contracts/directory'
import { problem, type Problem } from '@symbolon/contracts/problems'
import type { Rebind } from '@symbolon/contracts/rebind-api'
import { emptyDeviceMemory, verifyGrant } from '@symbolon/custody/device'
import { base64urlToBytes, bytesToBase64url, bytesToHex, parseBase64url } from '@symbolon/formats/bytes'
import { fail, ok, type Result } from '@symbolon/formats/result'
import { decideSuccession, promote } from '../rules/successor.ts'
import type { PendingRebind, Successor } from '../rules/wallet-content.ts'
import { changeContent, getContent, type FlowDependencies, type Session } from './session.ts'

export type RebindProgress = 'none' | 'awaiting' | 'rebound' | 'refused'

/**
 * Asks every issuer what its customer has decided. A card that was granted is registered at the operator first; once all have
 * answered, the new wallet takes the old one's place in one write, or is given up if nobody approved.
 */
export async function refreshRebinds(deps: FlowDependencies, session: Session): Promise<Result<RebindProgress, Problem>> {
  const { successor } = getContent(session)
  if (successor === undefined) return ok('none')
  const rebinds: PendingRebind[] = []
  for (const pending of successor.rebinds) {
    const refreshed = await refreshRebind(deps, { successor, pending })
    if (!refreshed.ok) return refreshed
    rebinds.push(refreshed.value)
  }
  const changed = rebinds.some(({ state }, index) => state !== successor.rebinds[index]?.state)
  if (changed) await changeContent(session, (content) => ({ ...content, successor: { ...successor, rebinds } }))
  const progress = decideSuccession(rebinds)
  switch (progress) {
    case 'awaiting':
      return ok(progress)
    case 'refused':
      await changeContent(session, ({ successor: _givenUp, ...content }) => content)
      return ok(progress)
    case 'rebound':
      await succeed(session)
      return ok(progress)
  }
}

/** Puts the new wallet in the old one's place, in one write; then the halves of records that nobody can join any more are overwritten. */
export async function succeed(session: Session): Promise<void> {
  await changeContent(session, promote)
  await session.store.wipeRecordHalves()
  // Whatever was opened was opened by the old wallet.
  session.memory = emptyDeviceMemory
  session.slot = undefined
  session.heardFrozen = undefined
}

async function refreshRebind(
  deps: FlowDependencies,
  { successor, pending }: { readonly successor: Successor; readonly pending: PendingRebind },
): Promise<Result<PendingRebind, Problem>> {
  const issuer = deps.directory.issuers.find(({ issuerId }) => issuerId === pending.issuerId)
  if (pending.state !== 'awaiting_approval' || issuer === undefined) return ok(pending)
  const rebind = await deps.issuers.getRebind(issuer.origin, pending.rebindId)
  if (!rebind.ok) return rebind
  switch (rebind.value.state) {
    case 'open':
    case 'awaiting_approval':
      return ok(pending)
    case 'refused':
    case 'expired':
      return ok({ ...pending, state: 'refused' })
    case 'active': {
      const registered = await registerTokens(deps, { issuer, pending, walletId: successor.wallet.walletId, rebind: rebind.value })
      return registered.ok ? ok({ ...pending, state: 'active' }) : registered
    }
  }
}

type Granted = {
  readonly issuer: Directory['issuers'][number]
  readonly pending: PendingRebind
  readonly walletId: string
  readonly rebind: Rebind
}

async function registerTokens(deps: FlowDependencies, granted: Granted): Promise<Result<undefined, Problem>> {
  const { tokens = [] } = granted.rebind
  if (tokens.length !== granted.pending.tokenReferenceIds.length) return fail(problem('TOKEN_GRANT_INVALID'))
  for (const token of tokens) {
    const registered = await registerToken(deps, granted, token)
    if (!registered.ok) return registered
  }
  return ok(undefined)
}

async function registerToken(
  deps: FlowDependencies,
  { issuer, pending, walletId }: Granted,
  token: NonNullable<Rebind['tokens']>[number],
): Promise<Result<unknown, Problem>> {
  const [grant, signature] = [parseBase64url(token.grant), parseBase64url(token.signature)]
  if (!grant.ok || !signature.ok) return fail(problem('TOKEN_GRANT_INVALID'))
  const certificateKey = base64urlToBytes(issuer.certificateKey)
  const verified = verifyGrant({ grant: grant.value, signature: signature.value, certificateKey })
  if (!verified.ok) return fail(problem('TOKEN_GRANT_INVALID'))
  const { issuerId, walletId: grantedWalletId, tokenReferenceId } = verified.value
  const isOurs =
    bytesToHex(issuerId) === issuer.issuerId &&
    bytesToHex(grantedWalletId) === walletId &&
    pending.tokenReferenceIds.includes(bytesToHex(tokenReferenceId))
  if (!isOurs) return fail(problem('TOKEN_GRANT_INVALID'))
  return deps.operator.registerToken(walletId, {
    issuerId: issuer.issuerId,
    grant: bytesToBase64url(grant.value),
    signature: bytesToBase64url(signature.value),
  })
}

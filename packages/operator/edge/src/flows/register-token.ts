import { verifyGrant } from '@symbolon/custody/operator'
import { NetworkName } from '@symbolon/contracts/limits'
import { problem, type Problem } from '@symbolon/contracts/problems'
import type { TokenRegistration } from '@symbolon/contracts/wallet-api'
import { bytesToHex, parseBase64url } from '@symbolon/formats/bytes'
import { fail, ok, type Result } from '@symbolon/formats/result'
import { Value } from 'typebox/value'
import type { WalletToken } from '../rules/token.ts'
import type { Clock } from './ports.ts'
import type { TokenStore } from './stores.ts'

export type RegisterTokenDependencies = {
  readonly tokens: TokenStore
  readonly clock: Clock
  readonly certificateKeyByIssuer: ReadonlyMap<string, Uint8Array>
}

/** Believes a token only because its issuer signed it, for this very wallet. Registering it twice changes nothing; a later grant moves it. */
export async function registerToken(
  deps: RegisterTokenDependencies,
  walletId: string,
  registration: TokenRegistration,
): Promise<Result<WalletToken, Problem>> {
  const certificateKey = deps.certificateKeyByIssuer.get(registration.issuerId)
  if (certificateKey === undefined) return fail(problem('ISSUER_UNKNOWN'))
  const grant = parseBase64url(registration.grant)
  const signature = parseBase64url(registration.signature)
  if (!grant.ok || !signature.ok) return fail(problem('REQUEST_ENCODING_INVALID'))
  const fields = verifyGrant({ grant: grant.value, signature: signature.value, certificateKey })
  if (!fields.ok) return invalid
  const { network, lastFour } = fields.value
  const isForThis = bytesToHex(fields.value.issuerId) === registration.issuerId && bytesToHex(fields.value.walletId) === walletId
  if (!isForThis || !Value.Check(NetworkName, network)) return invalid
  const granted = {
    walletId,
    tokenReferenceId: bytesToHex(fields.value.tokenReferenceId),
    issuerId: registration.issuerId,
    network,
    lastFour,
    state: 'active',
    createdAt: Math.floor(deps.clock.nowMs() / 1_000),
  } as const
  const token = await deps.tokens.register(granted, fields.value.grantNumber)
  return token === undefined ? invalid : ok(token)
}

const invalid = fail(problem('TOKEN_GRANT_INVALID'))

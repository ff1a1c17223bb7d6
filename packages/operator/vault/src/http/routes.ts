import { Type, type Static } from 'typebox'
import type { FastifyInstance, FastifyReply } from 'fastify'
import type { SkippedGroup } from '@symbolon/custody/operator'
import { Id } from '@symbolon/contracts/limits'
import { CheckRequest, DemandRequest, SignHandle, StopRequest } from '@symbolon/contracts/planes'
import type { Problem } from '@symbolon/contracts/problems'
import { CustodyMessage, WalletAccept } from '@symbolon/contracts/wallet-api'
import { parseBase64url } from '@symbolon/formats/bytes'
import type { Result } from '@symbolon/formats/result'
import { sendProblem } from '@symbolon/service/http'
import { acceptWallet } from '../flows/accept-wallet.ts'
import { checkMessage } from '../flows/check-message.ts'
import { offerWallet } from '../flows/create-offer.ts'
import { demandRefresh } from '../flows/demand-refresh.ts'
import { findAttempt } from '../flows/find-attempt.ts'
import { openWallet } from '../flows/open-wallet.ts'
import { raiseAlarm } from '../flows/raise-alarm.ts'
import { stopWallet } from '../flows/stop-wallet.ts'
import { signMessage } from '../flows/sign-message.ts'
import type { KeyProtection, VaultDependencies } from '../ports.ts'

const WalletParams = Type.Object({ walletId: Id })
const AttemptParams = Type.Object({ walletId: Id, attemptId: Id })
type WalletRoute = { Params: Static<typeof WalletParams> }

/** What the vault says of itself: which code computes and what was skipped before it, and under which generation it seals. */
export type Health = {
  readonly backend: string
  readonly skipped: readonly SkippedGroup[]
  readonly sealing: string
  readonly kekGeneration: number
  readonly keyProtection: { readonly signing: KeyProtection; readonly encryption: readonly KeyProtection[] }
  /** The latest accepted restore, and the wallets whose devices have been seen ahead of the database. */
  readonly restore?: string
  readonly walletsAhead?: number
}

/** The routes of the private socket: edge's questions to the vault (contracts, planes). */
export function registerRoutes(app: FastifyInstance, deps: VaultDependencies, health: () => Health): void {
  app.get('/healthz', () => ({ ok: true, ...health() }))
  app.post('/wallets', async (_request, reply) => answer(reply, await offerWallet(deps)))
  app.post<WalletRoute & { Body: WalletAccept }>(
    '/wallets/:walletId',
    { schema: { params: WalletParams, body: WalletAccept } },
    ({ params, body }, reply) => answerBytes(reply, body.sealed, (sealed) => acceptWallet(deps, params.walletId, sealed)),
  )
  app.post<WalletRoute & { Body: CustodyMessage }>(
    '/wallets/:walletId/open',
    { schema: { params: WalletParams, body: CustodyMessage } },
    ({ params, body }, reply) => answerBytes(reply, body.message, (message) => openWallet(deps, params.walletId, message)),
  )
  app.post<WalletRoute & { Body: CheckRequest }>(
    '/wallets/:walletId/check',
    { schema: { params: WalletParams, body: CheckRequest } },
    ({ params, body }, reply) => answerBytes(reply, body.message, (message) => checkMessage(deps, params.walletId, message)),
  )
  app.post<WalletRoute & { Body: SignHandle }>(
    '/wallets/:walletId/sign',
    { schema: { params: WalletParams, body: SignHandle } },
    async ({ params, body }, reply) => answer(reply, await signMessage(deps, params.walletId, body.handle)),
  )
  app.post<WalletRoute & { Body: CustodyMessage }>(
    '/wallets/:walletId/alarm',
    { schema: { params: WalletParams, body: CustodyMessage } },
    ({ params, body }, reply) => answerBytes(reply, body.message, (message) => raiseAlarm(deps, params.walletId, message)),
  )
  app.post<{ Body: StopRequest }>('/stops', { schema: { body: StopRequest } }, ({ body }) => stopWallet(deps, body.codeHash))
  app.post<{ Body: DemandRequest }>('/demands', { schema: { body: DemandRequest } }, ({ body }) => demandRefresh(deps, body))
  app.get<{ Params: Static<typeof AttemptParams> }>(
    '/wallets/:walletId/attempts/:attemptId',
    { schema: { params: AttemptParams } },
    ({ params }) => findAttempt(deps, params.walletId, params.attemptId),
  )
}

async function answerBytes(
  reply: FastifyReply,
  text: string,
  work: (bytes: Uint8Array) => Promise<Result<object | undefined, Problem>>,
): Promise<FastifyReply> {
  const bytes = parseBase64url(text)
  return answer(reply, bytes.ok ? await work(bytes.value) : bytes)
}

function answer(reply: FastifyReply, result: Result<object | undefined, Problem>): FastifyReply {
  return result.ok ? reply.send(result.value ?? {}) : sendProblem(reply, result.problem)
}

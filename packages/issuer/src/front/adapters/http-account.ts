import { Type, type Static } from 'typebox'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Hash, Id } from '@symbolon/contracts/limits'
import { bytesToHex, isEqualBytes, utf8ToBytes } from '@symbolon/formats/bytes'
import { accountFormToken, changeOwnToken, showAccount, type AccountDependencies, type AccountPress } from '../flows/change-own-token.ts'
import type { Account } from '../flows/rebind-store.ts'
import { accountPage, type AccountView } from '../rules/account-page.ts'
import { acceptForms, isOwnPage, localeOf, sendPage, type PageDoor } from './pages.ts'

const Params = Type.Object({ id: Id, key: Hash }, { additionalProperties: false })
type Route = { Params: Static<typeof Params>; Body: unknown }
type AccountDoor = PageDoor & { readonly deps: AccountDependencies }

/** Where the page of an approval's owner lies. The key in it was shown to nobody but the browser that pressed approve. */
export function accountAddress(deps: AccountDependencies, capability: string): string {
  return `/account/${capability}/${deps.vault.authenticate(`account page ${capability}`)}`
}

/** /account/{id}/{key}: every wallet of a card, for its owner. Suspending and resuming are presses. */
export function registerAccount(app: FastifyInstance, door: AccountDoor): void {
  void app.register((routes, _options, done) => {
    acceptForms(routes)
    const options = { schema: { params: Params } }
    routes.get<Route>('/account/:id/:key', options, async (request, reply) => show(door, request, reply))
    routes.post<Route>('/account/:id/:key', options, async (request, reply) => {
      const press = request.body instanceof URLSearchParams ? parsePress(request.body) : undefined
      if (!isAllowed(door, request) || press === undefined || !isOwnPage(request, door.origin))
        return send(door, request, reply, { kind: 'stale' })
      const outcome = await changeOwnToken(door.deps, request.params.id, press)
      return outcome === 'changed' ? show(door, request, reply) : send(door, request, reply, { kind: outcome })
    })
    done()
  })
}

async function show(door: AccountDoor, request: FastifyRequest<Route>, reply: FastifyReply): Promise<FastifyReply> {
  if (!isAllowed(door, request)) return send(door, request, reply, { kind: 'gone' })
  const { id } = request.params
  const account = await showAccount(door.deps, id)
  return send(door, request, reply, account === undefined ? { kind: 'gone' } : describe(door, request, account))
}

// A wrong key and a page that does not exist answer alike, and both are counted against the caller's address.
function isAllowed(door: AccountDoor, request: FastifyRequest<Route>): boolean {
  const { id, key } = request.params
  if (!door.limiter.isAllowed(request.ip)) return false
  return isEqualBytes(utf8ToBytes(accountAddress(door.deps, id)), utf8ToBytes(`/account/${id}/${key}`))
}

function describe(door: AccountDoor, request: FastifyRequest<Route>, account: Account): AccountView {
  const { id, key } = request.params
  const language = `?lang=${localeOf(request)}`
  return {
    kind: 'list',
    action: `/account/${id}/${key}${language}`,
    wallets: account.tokens.map((token) => ({
      ...token,
      tokenReferenceId: bytesToHex(token.tokenReferenceId),
      formToken: accountFormToken(door.deps, id, token),
    })),
    requests: account.requests.map((request_) => ({
      createdAt: request_.createdAt,
      address: `/${request_.kind === 'rebind' ? 'rebind' : 'approve'}/${bytesToHex(request_.id)}${language}`,
    })),
  }
}

function parsePress(fields: URLSearchParams): AccountPress | undefined {
  const to = fields.get('to')
  const formToken = fields.get('formToken') ?? ''
  const tokenReferenceId = fields.get('token') ?? ''
  if ((to !== 'suspended' && to !== 'active') || !/^[0-9a-f]{64}$/u.test(formToken) || !/^[0-9a-f]{32}$/u.test(tokenReferenceId))
    return undefined
  return { to, formToken, tokenReferenceId }
}

function send(door: AccountDoor, request: FastifyRequest, reply: FastifyReply, view: AccountView): FastifyReply {
  const status = view.kind === 'list' ? 200 : view.kind === 'gone' ? 404 : 409
  return sendPage(door, request, reply, { status, page: (locale) => accountPage(view, locale) })
}

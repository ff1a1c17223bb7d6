import { join } from 'node:path'
import { DemandAnswer, DemandRequest } from '@symbolon/contracts/planes'
import { ConfigurationError } from '@symbolon/service/config'
import { createPeerClient } from '@symbolon/service/http-client'
import { Fault } from '@symbolon/formats/result'
import { Type } from 'typebox'
import { Value } from 'typebox/value'
import { exitCodes } from '../output/exit-codes.ts'
import { findHome } from '../state/home.ts'
import { readJson } from '../state/private-file.ts'
import { jsonOption, makeCommand } from './command.ts'

const secondsPerDay = 86_400
const timeoutMs = 600_000

export const refreshCommand = makeCommand({
  name: 'refresh',
  description:
    'After containment: wallets sign nothing before one refresh, which their devices make by themselves in the next confirmation, and nothing at all after the deadline.',
  args: {
    wallet: { type: 'string', description: 'one wallet, by its id' },
    group: { type: 'string', description: 'the wallets whose id begins with this byte, 0 to 255' },
    all: { type: 'boolean', description: 'every wallet', default: false },
    days: { type: 'string', description: 'days until a wallet that stays away is frozen', default: '30' },
    json: jsonOption,
  },
  run: async (args) => {
    const request = decideDemand(args)
    if (request === undefined) {
      process.stderr.write('`refresh` takes one of --wallet ID, --group 0…255 and --all, and --days from 1 to 366.\n')
      return exitCodes.usage
    }
    const { marked } = await demand(request)
    process.stdout.write(args.json ? `${JSON.stringify({ version: 1, marked })}\n` : `wallets that have to refresh: ${marked}\n`)
    return exitCodes.ok
  },
})

type Wish = { readonly wallet?: string | undefined; readonly group?: string | undefined; readonly all: boolean; readonly days: string }

/** The demand that the options stand for; undefined when they stand for none, or for more than one. */
export function decideDemand({ wallet, group, all, days }: Wish): DemandRequest | undefined {
  const scopes = [
    ...(wallet === undefined ? [] : [{ kind: 'wallet', walletId: wallet }]),
    ...(group === undefined ? [] : [{ kind: 'group', group: Number(group) }]),
    ...(all ? [{ kind: 'all' }] : []),
  ]
  const request: unknown = { scope: scopes[0], deadlineSeconds: Number(days) * secondsPerDay }
  return scopes.length === 1 && Value.Check(DemandRequest, request) ? request : undefined
}

async function demand(request: DemandRequest): Promise<DemandAnswer> {
  const config = readJson(join(findHome().configFolder, 'vault.json'))
  if (!Value.Check(VaultAddress, config)) throw new ConfigurationError('no vault is set up here; `npm start` does it', '')
  const vault = createPeerClient({ socketPath: config.listen.socketPath }, { timeoutMs, maximumBytes: 10_000 })
  try {
    const { status, body } = await vault.call('POST', '/demands', request)
    if (status !== 200 || !Value.Check(DemandAnswer, body)) throw new Fault('SERVICE_FAULT', { retry: 'later' })
    return body
  } finally {
    vault.close()
  }
}
const VaultAddress = Type.Object({ listen: Type.Object({ socketPath: Type.String({ maxLength: 107 }) }) })

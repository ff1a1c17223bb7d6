import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Type, type Static, type TSchema } from 'typebox'
import { Value } from 'typebox/value'
import { KeyDestroyAnswer, KeyRotation, KeysAnswer, KeysVerified } from '@symbolon/contracts/planes'
import { Fault } from '@symbolon/formats/result'
import { ConfigurationError } from '@symbolon/service/config'
import { createPeerClient, type PeerClient } from '@symbolon/service/http-client'
import { exitCodes } from '../output/exit-codes.ts'
import { describeKeys, describeVerified, rotationBar } from '../output/key-report.ts'
import { findHome } from '../state/home.ts'
import { jsonOption, makeCommand } from './command.ts'

const actions = ['status', 'rotate', 'verify', 'destroy'] as const
const lookEveryMs = 250

export const keysCommand = makeCommand({
  name: 'keys',
  description:
    'status: generations of key-encryption keys. rotate: a new one, every row under it, the old one destroyed. verify: look at every row. destroy GENERATION: one that no row needs.',
  args: {
    action: { type: 'positional', description: 'status, rotate, verify or destroy', required: true },
    generation: { type: 'positional', description: 'for destroy', required: false },
    json: jsonOption,
  },
  run: ({ action, generation, json }) => keys(action, generation, json),
})

async function keys(action: string, generation: string | undefined, json: boolean): Promise<number> {
  const known = actions.find((one) => one === action)
  if (known === undefined || (known === 'destroy') !== (generation !== undefined)) {
    process.stderr.write('`keys` does `status`, `rotate`, `verify` or `destroy GENERATION`.\n')
    return exitCodes.usage
  }
  const vault = createPeerClient({ socketPath: findSocket() }, { timeoutMs: 600_000, maximumBytes: 1_000_000 })
  try {
    switch (known) {
      case 'status':
        return await tellStatus(vault, json)
      case 'rotate':
        return await rotate(vault, json)
      case 'verify':
        return await verify(vault, json)
      case 'destroy':
        return await destroy(vault, Number(generation), json)
    }
  } finally {
    vault.close()
  }
}

async function tellStatus(vault: PeerClient, json: boolean): Promise<number> {
  const answer = await ask(vault, ['GET', '/keys'], KeysAnswer)
  tell(json, answer, describeKeys(answer))
  return exitCodes.ok
}

/** Begins and watches: the vault goes on by itself if this command is stopped, and asking again joins the rotation that runs. */
async function rotate(vault: PeerClient, json: boolean): Promise<number> {
  let rotation = await ask(vault, ['POST', '/keys/rotate'], KeyRotation)
  while (rotation.state === 'resealing' || rotation.state === 'destroying') {
    if (!json && process.stderr.isTTY) process.stderr.write(`\r${rotationBar(rotation, process.stderr.columns)}`)
    await new Promise((resolve) => setTimeout(resolve, lookEveryMs))
    rotation = await ask(vault, ['GET', '/keys/rotation'], KeyRotation)
  }
  if (!json && process.stderr.isTTY) process.stderr.write('\n')
  const isDone = rotation.state === 'finished'
  const text = isDone
    ? [
        `Generation ${rotation.to} is in use, ${rotation.done} wallets resealed in ${rotation.seconds} s; destroyed: ${rotation.destroyed.join(', ') || 'none'}.`,
      ]
    : ['The rotation failed; the vault’s log says why. `keys rotate` goes on where it stopped.']
  tell(json, rotation, text)
  return isDone ? exitCodes.ok : exitCodes.failure
}

async function verify(vault: PeerClient, json: boolean): Promise<number> {
  const answer = await ask(vault, ['POST', '/keys/verify'], KeysVerified)
  tell(json, answer, describeVerified(answer))
  return answer.isVerified ? exitCodes.ok : exitCodes.verification
}

async function destroy(vault: PeerClient, generation: number, json: boolean): Promise<number> {
  if (!Number.isSafeInteger(generation) || generation < 1) {
    process.stderr.write('A generation is a number from 1.\n')
    return exitCodes.usage
  }
  const answer = await ask(vault, ['POST', '/keys/destroy'], KeyDestroyAnswer, { generation })
  const texts = {
    destroyed: 'Destroyed in every key store.',
    newest: 'This generation is in use; rotate first.',
    needed: 'Rows still need this generation; `keys rotate` moves them.',
    unknown: 'There is no such generation.',
  }
  tell(json, answer, [texts[answer.outcome]])
  return answer.outcome === 'destroyed' ? exitCodes.ok : exitCodes.failure
}

function tell(json: boolean, answer: object, lines: readonly string[]): void {
  process.stdout.write(json ? `${JSON.stringify({ version: 1, ...answer })}\n` : `${lines.join('\n')}\n`)
}

async function ask<Schema extends TSchema>(
  vault: PeerClient,
  question: readonly ['GET' | 'POST', string],
  schema: Schema,
  body?: object,
): Promise<Static<Schema>> {
  const answer = await vault.call(...question, body)
  if (answer.status !== 200 || !Value.Check(schema, answer.body)) throw new Fault('VAULT_UNREACHABLE', { retry: 'later' })
  return Value.Parse(schema, answer.body)
}

const VaultAddress = Type.Object({ listen: Type.Object({ socketPath: Type.String() }) })

/** Where the vault listens, as the start wrote it down; whoever may read that may talk to it. */
function findSocket(): string {
  const file = join(findHome().configFolder, 'vault.json')
  try {
    return Value.Parse(VaultAddress, JSON.parse(readFileSync(file, 'utf8'))).listen.socketPath
  } catch (cause) {
    throw cause instanceof ConfigurationError ? cause : new ConfigurationError('nothing was started here yet; run npm start', file)
  }
}

import type { FastifyInstance } from 'fastify'
import { KeyDestroyRequest, type KeyDestroyAnswer, type KeyRotation, type KeysAnswer, type KeysVerified } from '@symbolon/contracts/planes'
import type { Restore, UnknownEpochs } from '../flows/restored-database.ts'
import type { RotationDependencies, Rotator } from '../flows/rotate-keys.ts'
import { describeKeys, destroyKey, verifyKeys } from '../flows/verify-keys.ts'

export type KeyDoor = {
  readonly deps: RotationDependencies
  readonly rotator: Rotator
  readonly restore: Restore | undefined
  readonly unknownEpochs: UnknownEpochs
}

/** The operator's questions about keys, on the same private socket. */
export function registerKeyRoutes(app: FastifyInstance, { deps, rotator, restore, unknownEpochs }: KeyDoor): void {
  app.get('/keys', async (): Promise<KeysAnswer> => {
    const known = { ...(await describeKeys(deps)), signingKeyProtection: 'file' as const, rotation: rotator.status() }
    return restore === undefined ? known : { ...known, restore: { name: restore.name, walletsAhead: unknownEpochs.count } }
  })
  app.get('/keys/rotation', (): KeyRotation => rotator.status())
  app.post('/keys/rotate', (): KeyRotation => rotator.start())
  app.post('/keys/verify', (): Promise<KeysVerified> => verifyKeys(deps))
  app.post<{ Body: KeyDestroyRequest }>(
    '/keys/destroy',
    { schema: { body: KeyDestroyRequest } },
    async ({ body }): Promise<KeyDestroyAnswer> => ({ outcome: await destroyKey(deps, body.generation) }),
  )
}

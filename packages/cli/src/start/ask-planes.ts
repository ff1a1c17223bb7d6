import { setTimeout as wait } from 'node:timers/promises'
import { join } from 'node:path'
import { createPeerClient } from '@symbolon/service/http-client'
import { Type } from 'typebox'
import { Value } from 'typebox/value'

const VaultHealth = Type.Object({ backend: Type.String({ maxLength: 40 }) })
const LinkHealth = Type.Object({ issuers: Type.Record(Type.String(), Type.String({ maxLength: 20 })) })
const limits = { timeoutMs: 5_000, maximumBytes: 10_000 } as const
const askEveryMs = 100
const longestWaitMs = 10_000

/** What the vault computes with, as it says itself: a fall-back to slower arithmetic shall not go unnoticed. */
export async function askVaultBackend(socketFolder: string): Promise<string | undefined> {
  const body = await askHealth(join(socketFolder, 'vault.sock'))
  return Value.Check(VaultHealth, body) ? body.backend : undefined
}

/**
 * Waits until the link has a session at every issuer, so that the first payment after "ready" is not declined as unavailable. An issuer
 * that stays away for ten seconds does not keep everybody else from starting.
 */
export async function waitForIssuers(socketFolder: string, signal: AbortSignal): Promise<void> {
  for (let waitedMs = 0; waitedMs < longestWaitMs; waitedMs += askEveryMs) {
    const body = await askHealth(join(socketFolder, 'link.sock'))
    if (Value.Check(LinkHealth, body) && Object.values(body.issuers).every((state) => state === 'connected')) return
    await wait(askEveryMs, undefined, { signal })
  }
}

async function askHealth(socketPath: string): Promise<unknown> {
  const plane = createPeerClient({ socketPath }, limits)
  try {
    return (await plane.call('GET', '/healthz')).body
  } finally {
    plane.close()
  }
}

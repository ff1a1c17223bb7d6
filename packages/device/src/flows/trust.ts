import type { Directory } from '@symbolon/contracts/directory'
import type { CertificateFields } from '@symbolon/custody/device'
import type { Result } from '@symbolon/formats/result'
import type { Clock, LoadDirectory } from '../ports.ts'
import { acceptDirectory, decideVaultKeys, listVaultKeyCertificates } from '../rules/trust.ts'

/** The directory as it stands now, and the keys that follow from it. */
export type Trust = {
  directory(): Directory
  vaultKeys(): readonly Uint8Array[]
  /** Asks the device origin for newer keys under the same anchors; true when there are some. Asked at most every few seconds. */
  reload(): Promise<boolean>
}

const reloadPauseMs = 5_000

/** Holds the pinned directory for the life of the page. A key exchange reaches it by `reload`; an anchor never does. */
export function createTrust(pinned: Directory, clock: Clock, loadDirectory: LoadDirectory | undefined): Trust {
  let directory = pinned
  let certificates: readonly CertificateFields[] | undefined
  let askedAtMs: number | undefined
  return {
    directory: () => directory,
    vaultKeys: () => {
      certificates ??= listVaultKeyCertificates(directory)
      return decideVaultKeys(certificates, { operatorId: directory.operator.operatorId, now: clock.nowSeconds() })
    },
    reload: async () => {
      const nowMs = clock.monotonicMs()
      if (loadDirectory === undefined || (askedAtMs !== undefined && nowMs - askedAtMs < reloadPauseMs)) return false
      askedAtMs = nowMs
      const offered = await loadDirectory()
      const accepted = offered === undefined ? undefined : acceptDirectory(pinned, offered)
      if (accepted === undefined || JSON.stringify(accepted) === JSON.stringify(directory)) return false
      directory = accepted
      certificates = undefined
      return true
    },
  }
}

/** Whether any vault key is certified now; asks for newer certificates before it says no. */
export async function hasVaultKey(trust: Trust): Promise<boolean> {
  return trust.vaultKeys().length > 0 || ((await trust.reload()) && trust.vaultKeys().length > 0)
}

/** Verifies what the vault signed under any key that is good now, and once more under newer ones: a rotation goes unnoticed. */
export async function verifyByVaultKey<Value, Problem>(
  trust: Trust,
  verify: (vaultPublicKey: Uint8Array) => Result<Value, Problem>,
): Promise<Value | undefined> {
  const found = tryKeys(trust.vaultKeys(), verify)
  if (found !== undefined || !(await trust.reload())) return found
  return tryKeys(trust.vaultKeys(), verify)
}

function tryKeys<Value, Problem>(
  keys: readonly Uint8Array[],
  verify: (vaultPublicKey: Uint8Array) => Result<Value, Problem>,
): Value | undefined {
  for (const key of keys) {
    const answer = verify(key)
    if (answer.ok) return answer.value
  }
  return undefined
}

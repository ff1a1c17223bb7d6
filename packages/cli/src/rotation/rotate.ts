import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { certificateLimits } from '@symbolon/contracts/certificates'
import { Fault } from '@symbolon/formats/result'
import { isIssuerLetter, type IssuerLetter } from '../sandbox/ports.ts'
import { findCertificate, listWanted, readCertificates, type CertificateFacts } from '../setup/certificates.ts'
import type { Published } from '../setup/configs.ts'
import { buildDirectory } from '../setup/directory.ts'
import { changeKeys } from '../setup/keys.ts'
import { keysFolderOf } from '../setup/names.ts'
import { programs } from '../setup/programs.ts'
import { publishKeys } from '../setup/publish-keys.ts'
import { readRunFile } from '../start/run-file.ts'
import { writePrivateJson } from '../state/private-file.ts'

/** The operator's vault key, or the sealing key of one issuer. */
export type RotatedKey = { readonly kind: 'vault-key' } | { readonly kind: 'sealing-key'; readonly letter: IssuerLetter }

const restartTimeoutMs = 30_000

/** `vault-key` or `sealing-key-a` as it is written on the command line. */
export function parseRotatedKey(text: string): RotatedKey | undefined {
  if (text === 'vault-key') return { kind: 'vault-key' }
  const letter = /^sealing-key-([a-z])$/u.exec(text)?.[1] ?? ''
  return isIssuerLetter(letter) ? { kind: 'sealing-key', letter } : undefined
}

/** Issues what is missing and hands the directory to the device origin, which serves it from its next request on. */
export async function publishDirectory(facts: CertificateFacts, now: number): Promise<Published> {
  const published = await publishKeys(facts, now)
  facts.secrets.save()
  writePrivateJson(facts.home.directoryFile, buildDirectory(facts, published))
  return published
}

/** First step: the next key is made by its party, certified by the issuers, and believed by devices beside the one in use. */
export async function prepareRotation(facts: CertificateFacts, key: RotatedKey, now: number): Promise<void> {
  const { program, folder } = placeOf(facts, key)
  await changeKeys(program, folder, key.kind === 'vault-key' ? '--prepare-signing-key' : '--add-sealing-key')
  await publishDirectory(facts, now)
}

/**
 * Second step, after the overlap: the old key goes. A vault is started again with the next one, and only then does the directory
 * drop the old; `early` is for a key that is known to be stolen, and for tests.
 */
export async function finishRotation(
  facts: CertificateFacts,
  key: RotatedKey,
  { now, early }: { readonly now: number; readonly early: boolean },
): Promise<void> {
  const published = await publishKeys(facts, now)
  const since = preparedSince(facts, published, { key, now })
  if (since === undefined) throw new Fault('ROTATION_NOT_PREPARED', { retry: 'never' })
  if (!early && now - since < certificateLimits.overlapSeconds) throw new Fault('ROTATION_TOO_EARLY', { retry: 'later' })
  const { program, folder } = placeOf(facts, key)
  await changeKeys(program, folder, key.kind === 'vault-key' ? '--switch-signing-key' : '--retire-sealing-keys')
  if (key.kind === 'vault-key') await restartVault(facts)
  await publishDirectory(facts, now)
}

/** When the next key was certified by everybody who has to; undefined when none is prepared. */
function preparedSince(
  facts: CertificateFacts,
  published: Published,
  { key, now }: { readonly key: RotatedKey; readonly now: number },
): number | undefined {
  const { nextVaultPublicKey } = published.vault
  const isPrepared = key.kind === 'vault-key' ? nextVaultPublicKey !== undefined : published.fronts[key.letter].sealingKeys.length > 1
  if (!isPrepared) return undefined
  const kept = readCertificates(facts.home.certificatesFile)
  const next = key.kind === 'vault-key' ? Buffer.from(nextVaultPublicKey ?? '', 'base64url').toString('hex') : undefined
  const starts = listWanted(facts, published)
    .filter((wanted) => (key.kind === 'vault-key' ? wanted.key === next : wanted.kind === 'sealing-key' && wanted.issuer === key.letter))
    .map((wanted) => findCertificate(kept, wanted, now)?.from)
  return starts.reduce((latest, from) => (latest === undefined || from === undefined ? undefined : Math.max(latest, from)), 0)
}

function placeOf({ home, checkout }: CertificateFacts, key: RotatedKey): { readonly program: string; readonly folder: string } {
  return key.kind === 'vault-key'
    ? { program: join(checkout, programs.vaultKeys), folder: keysFolderOf(home, 'vault') }
    : { program: join(checkout, programs.frontKeys), folder: keysFolderOf(home, `front-${key.letter}`) }
}

/** The supervisor of a running installation starts it again by itself; where nothing runs, the next start takes the new key. */
async function restartVault({ home }: CertificateFacts): Promise<void> {
  const find = (): number | undefined => readRunFile(home)?.machinery?.processes.find(({ name }) => name === 'vault')?.pid
  const old = find()
  if (old === undefined) return
  process.kill(old, 'SIGTERM')
  for (const deadline = performance.now() + restartTimeoutMs; performance.now() < deadline; await wait(100)) {
    const pid = find()
    if (pid !== undefined && pid !== old) return
  }
  throw new Fault('VAULT_NOT_RESTARTED', { retry: 'later' })
}

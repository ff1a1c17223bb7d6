import type { IssuedCertificate } from '@symbolon/contracts/certificates'
import { exitCodes } from '../output/exit-codes.ts'
import { paint } from '../output/terminal.ts'
import { findLockOwner } from '../processes/owner-lock.ts'
import { finishRotation, parseRotatedKey, prepareRotation, publishDirectory } from '../rotation/rotate.ts'
import { decideOrigins, decidePorts } from '../sandbox/ports.ts'
import { listMissing, listWanted, readCertificates, type CertificateFacts, type NamedOrigins } from '../setup/certificates.ts'
import { makeAllKeys } from '../setup/publish-keys.ts'
import { readRunFile } from '../start/run-file.ts'
import { findCheckout, findHome, makeHome, type Home } from '../state/home.ts'
import { openSecrets } from '../state/secrets.ts'
import { jsonOption, makeCommand } from './command.ts'

export const certificatesCommand = makeCommand({
  name: 'certificates',
  description:
    'status: what issuers have certified. issue: what is missing or ends soon. rotate vault-key|sealing-key-a prepare, and after the overlap finish.',
  args: {
    action: { type: 'positional', description: 'status, issue or rotate', required: true },
    key: { type: 'positional', description: 'of rotate: vault-key, sealing-key-a, sealing-key-b or sealing-key-c', required: false },
    step: { type: 'positional', description: 'of rotate: prepare or finish', required: false },
    early: { type: 'boolean', description: 'finish before thirty days of overlap are over', default: false },
    json: jsonOption,
  },
  run: (args) => certificates(args),
})

type Options = {
  readonly action: string
  readonly key?: string | undefined
  readonly step?: string | undefined
  readonly early: boolean
  readonly json: boolean
}

async function certificates({ action, key, step, early, json }: Options): Promise<number> {
  const home = findHome()
  makeHome(home)
  const facts = collectFacts(home)
  const now = Math.floor(Date.now() / 1_000)
  if (action === 'rotate') {
    const rotated = parseRotatedKey(key ?? '')
    if (rotated === undefined || (step !== 'prepare' && step !== 'finish')) return tellUsage()
    if (step === 'prepare') await prepareRotation(facts, rotated, now)
    else await finishRotation(facts, rotated, { now, early })
  } else if (action === 'issue') await publishDirectory(facts, now)
  else if (action !== 'status') return tellUsage()
  return status(facts, now, json)
}

async function status(facts: CertificateFacts, now: number, json: boolean): Promise<number> {
  const kept = readCertificates(facts.home.certificatesFile)
  const missing = listMissing(kept, listWanted(facts, await makeAllKeys(facts)), now)
  const isWell = missing.length === 0
  if (json) {
    const shown = kept.map(({ kind, subjectId, key, issuerId, from, to }) => ({ kind, subjectId, key, issuerId, from, to }))
    const lacking = missing.map(({ kind, subjectId, key, issuerId }) => ({ kind, subjectId, key, issuerId }))
    process.stdout.write(`${JSON.stringify({ version: 1, isWell, certificates: shown, missing: lacking })}\n`)
  } else {
    for (const certificate of kept) tell(certificate, now)
    const words = isWell ? 'every key that devices need is certified' : `${missing.length} missing or ending soon: certificates issue`
    process.stdout.write(`${paint(process.stdout, isWell ? 'good' : 'bad', isWell ? '✓' : '✗')} ${words}\n`)
  }
  return isWell ? exitCodes.ok : exitCodes.failure
}

function tell({ kind, subjectId, key, issuerId, to }: IssuedCertificate, now: number): void {
  const days = Math.floor((to - now) / 86_400)
  process.stdout.write(
    `${kind.padEnd(12)} ${key.slice(0, 16)} of ${subjectId.slice(0, 8)} by issuer ${issuerId.slice(0, 8)}, ${days} days left\n`,
  )
}

/** The addresses of the installation that runs, if one does; else those of the next start with these surroundings. */
function collectFacts(home: Home): CertificateFacts {
  const running = findLockOwner(home.lockFile) === undefined ? undefined : readRunFile(home)
  const planned = decideOrigins(decidePorts(process.env))
  const [a, b, c] = running?.issuers.map(({ frontOrigin }) => frontOrigin) ?? []
  const origins: NamedOrigins =
    running === undefined || a === undefined || b === undefined || c === undefined
      ? planned
      : { edge: running.edgeOrigin, mall: running.mallOrigin, front: { a, b, c } }
  return { home, checkout: findCheckout(), secrets: openSecrets(home.secretsFile), origins }
}

function tellUsage(): number {
  process.stderr.write('usage: npm run symbolon -- certificates status|issue|rotate vault-key|sealing-key-a prepare|finish [--early]\n')
  return exitCodes.usage
}

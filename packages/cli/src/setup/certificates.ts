import { createHash } from 'node:crypto'
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import {
  certificateLimits,
  IssuedCertificates,
  type CertifiedKey,
  type CertifyRequest,
  type IssuedCertificate,
} from '@symbolon/contracts/certificates'
import { deriveMerchantId } from '@symbolon/contracts/payment-request'
import { Fault } from '@symbolon/formats/result'
import { ConfigurationError } from '@symbolon/service/config'
import { existsSync } from 'node:fs'
import { Value } from 'typebox/value'
import { issuerLetters, type IssuerLetter } from '../sandbox/ports.ts'
import { readJson, writePrivateJson } from '../state/private-file.ts'
import type { Facts } from './configs.ts'
import { issuerIdOf, keysFolderOf } from './names.ts'
import type { FrontPublic, MallPublic, VaultPublic } from './keys.ts'
import { programs } from './programs.ts'

/** Backdated a little: a device whose clock is behind shall not refuse a certificate that was made a minute ago. */
const backdatedSeconds = 3_600
const lifetimeSeconds = 365 * 86_400
const answerTimeoutMs = 20_000
/** The sandbox's issuer that certifies merchants: it is their acquirer too. */
const acquirer: IssuerLetter = 'a'

/** Addresses that certificates and the directory speak of. */
export type NamedOrigins = { readonly edge: string; readonly mall: string; readonly front: Readonly<Record<IssuerLetter, string>> }
export type CertificateFacts = Pick<Facts, 'home' | 'checkout' | 'secrets'> & { readonly origins: NamedOrigins }
export type PublicKeysOfAll = {
  readonly vault: VaultPublic
  readonly fronts: Readonly<Record<IssuerLetter, FrontPublic>>
  readonly mall: MallPublic
}
export type Wanted = CertifiedKey & { readonly issuer: IssuerLetter; readonly issuerId: string }

/** Every statement that devices need: each issuer about the operator's vault keys and its own sealing keys, one about the shops. */
export function listWanted(
  { secrets, origins }: Pick<CertificateFacts, 'secrets' | 'origins'>,
  { vault, fronts, mall }: PublicKeysOfAll,
): readonly Wanted[] {
  const vaultKeys = [vault.vaultPublicKey, ...(vault.nextVaultPublicKey === undefined ? [] : [vault.nextVaultPublicKey])]
  return issuerLetters.flatMap((issuer) => {
    const by = { issuer, issuerId: issuerIdOf(secrets, issuer) }
    return [
      ...vaultKeys.map((key): Wanted => ({ ...by, kind: 'vault-key', subjectId: secrets.id('operator'), key: hex(key) })),
      ...fronts[issuer].sealingKeys.map(({ publicKey }): Wanted => ({
        ...by,
        kind: 'sealing-key',
        subjectId: by.issuerId,
        key: hashSealingKey(publicKey),
      })),
      ...(issuer === acquirer ? mall.shops : []).map(({ slug, key }): Wanted => ({
        ...by,
        kind: 'merchant-key',
        subjectId: deriveMerchantId(origins.mall, slug),
        key: hex(key.x),
      })),
    ]
  })
}

/** The certificate of a wanted statement that is good the longest. */
export function findCertificate(kept: readonly IssuedCertificate[], wanted: Wanted, now: number): IssuedCertificate | undefined {
  return kept.filter((one) => isAbout(one, wanted) && one.from <= now && now < one.to).toSorted((left, right) => right.to - left.to)[0]
}

/** What has no certificate, or only one that ends before a key exchange with its overlap could be done. */
export function listMissing(kept: readonly IssuedCertificate[], wanted: readonly Wanted[], now: number): readonly Wanted[] {
  return wanted.filter((one) => (findCertificate(kept, one, now)?.to ?? 0) < now + certificateLimits.overlapSeconds)
}

/** Lets each issuer sign what is missing, with its own program and its own key, and keeps what is still of use. */
export async function issueMissing(
  facts: CertificateFacts,
  published: PublicKeysOfAll,
  now: number,
): Promise<readonly IssuedCertificate[]> {
  const kept = readCertificates(facts.home.certificatesFile)
  const wanted = listWanted(facts, published)
  const missing = listMissing(kept, wanted, now)
  const fresh = await Promise.all(issuerLetters.map((letter) => certify(facts, letter, { missing, now })))
  const certificates = [...kept, ...fresh.flat()].filter((one) => one.to > now && wanted.some((other) => isAbout(one, other)))
  if (missing.length > 0 || certificates.length !== kept.length) writePrivateJson(facts.home.certificatesFile, certificates)
  return certificates
}

/** Answers the kept certificates. A file that cannot be read is never taken for an empty one. */
export function readCertificates(file: string): readonly IssuedCertificate[] {
  if (!existsSync(file)) return []
  const found = readJson(file)
  if (!Value.Check(IssuedCertificates, found))
    throw new ConfigurationError('the file of certificates is damaged; remove it to issue them anew', file)
  return found
}

async function certify(
  { home, checkout }: CertificateFacts,
  letter: IssuerLetter,
  { missing, now }: { readonly missing: readonly Wanted[]; readonly now: number },
): Promise<readonly IssuedCertificate[]> {
  const own = missing.filter(({ issuer }) => issuer === letter)
  const [first] = own
  if (first === undefined) return []
  const request: CertifyRequest = {
    issuerId: first.issuerId,
    from: now - backdatedSeconds,
    to: now + lifetimeSeconds,
    keys: own.map(({ kind, subjectId, key }) => ({ kind, subjectId, key })),
  }
  const answer = await runWithInput(join(checkout, programs.frontCertify), ['--keys', keysFolderOf(home, `front-${letter}`)], request)
  const issued: unknown = JSON.parse(answer)
  if (!Value.Check(IssuedCertificates, issued)) throw new Fault('CERTIFICATES_NOT_ISSUED', { retry: 'never' })
  return issued
}

function runWithInput(program: string, args: readonly string[], input: unknown): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, ...args], {
      env: { PATH: process.env['PATH'] ?? '' },
      timeout: answerTimeoutMs,
      stdio: ['pipe', 'pipe', 'pipe'],
    })
    const written = { out: '', error: '' }
    child.stdout.on('data', (chunk: Buffer) => (written.out += chunk.toString('utf8')))
    child.stderr.on('data', (chunk: Buffer) => (written.error += chunk.toString('utf8')))
    child.on('error', reject)
    child.on('close', (code) => {
      if (code === 0) resolve(written.out)
      else reject(new Fault('CERTIFICATES_NOT_ISSUED', { retry: 'never', cause: written.error }))
    })
    child.stdin.end(JSON.stringify(input))
  })
}

function isAbout(one: IssuedCertificate, wanted: Wanted): boolean {
  return one.kind === wanted.kind && one.issuerId === wanted.issuerId && one.subjectId === wanted.subjectId && one.key === wanted.key
}

/** SHA-256 of a sealing key, as its certificate names it. */
export function hashSealingKey(publicKey: string): string {
  return createHash('sha256').update(Buffer.from(publicKey, 'base64url')).digest('hex')
}

function hex(base64url: string): string {
  return Buffer.from(base64url, 'base64url').toString('hex')
}

import { readFileSync } from 'node:fs'
import { CertifyRequest, type IssuedCertificate } from '@symbolon/contracts/certificates'
import { bytesToBase64url } from '@symbolon/formats/bytes'
import { Value } from 'typebox/value'
import { loadKeys } from './adapters/keys.ts'
import { decideCertificates } from './rules/certify.ts'

// node dist/front/certify.js --keys DIR < request: the issuer's certificate key signs what a person of the issuer decided on.
const folder = process.argv[process.argv.indexOf('--keys') + 1]
if (!process.argv.includes('--keys') || folder === undefined) stop('start with --keys DIR and the request on standard input')
const request: unknown = JSON.parse(readFileSync(0, 'utf8'))
if (!Value.Check(CertifyRequest, request)) stop('the request does not have the documented form')
const keys = await loadKeys(folder)
const decided = decideCertificates(request, keys.publicKeys.sealingKeys)
if (!decided.ok) stop(decided.problem.code)
const { issuerId, from, to } = request
const issued: readonly IssuedCertificate[] = decided.value.map(({ kind, subjectId, key, bytes }) => ({
  kind,
  subjectId,
  key,
  issuerId,
  from,
  to,
  certificate: bytesToBase64url(bytes),
  signature: bytesToBase64url(keys.certify(bytes)),
}))
process.stdout.write(`${JSON.stringify(issued)}\n`)

function stop(words: string): never {
  process.stderr.write(`${words}\n`)
  process.exit(3)
}

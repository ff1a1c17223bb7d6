import type { CertifiedSealingKey, Directory, IssuerCertificate } from '@symbolon/contracts/directory'
import type { IssuedCertificate } from '@symbolon/contracts/certificates'
import { sandboxIssuers } from '../sandbox/issuers.ts'
import { issuerLetters, type IssuerLetter } from '../sandbox/ports.ts'
import { hashSealingKey, type CertificateFacts } from './certificates.ts'
import type { Published } from './configs.ts'
import { issuerIdOf, operatorName } from './names.ts'

type Sources = Pick<Published, 'fronts' | 'certificates'>

/** What the device frame pins: the issuers with their ranges and anchors, the operator, and the certificates of every other key. */
export function buildDirectory({ secrets, origins }: Pick<CertificateFacts, 'secrets' | 'origins'>, published: Sources): Directory {
  return {
    version: 1,
    operator: {
      operatorId: secrets.id('operator'),
      name: operatorName,
      origin: origins.edge,
      vaultKeyCertificates: published.certificates.filter(({ kind }) => kind === 'vault-key').map(shorten),
    },
    issuers: issuerLetters.map((letter) => ({
      issuerId: issuerIdOf(secrets, letter),
      name: sandboxIssuers[letter].name,
      origin: origins.front[letter],
      accountRanges: [...sandboxIssuers[letter].accountRanges],
      sealingKeys: listSealingKeys(published, letter),
      certificateKey: published.fronts[letter].certificateKey,
    })),
  }
}

/** What an issuer says about the keys of one merchant, as the merchant serves it beside them. */
export function listMerchantCertificates(certificates: readonly IssuedCertificate[], merchantId: string): readonly IssuerCertificate[] {
  return certificates.filter(({ kind, subjectId }) => kind === 'merchant-key' && subjectId === merchantId).map(shorten)
}

function listSealingKeys({ fronts, certificates }: Sources, letter: IssuerLetter): CertifiedSealingKey[] {
  return fronts[letter].sealingKeys.flatMap(({ keyId, publicKey }) => {
    const hash = hashSealingKey(publicKey)
    const found = certificates.find(({ kind, key }) => kind === 'sealing-key' && key === hash)
    return found === undefined ? [] : [{ keyId, publicKey, certificate: found.certificate, signature: found.signature }]
  })
}

function shorten({ issuerId, certificate, signature }: IssuedCertificate): IssuerCertificate {
  return { issuerId, certificate, signature }
}

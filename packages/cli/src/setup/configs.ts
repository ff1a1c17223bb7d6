import { createHash } from 'node:crypto'
import { join } from 'node:path'
import type { IssuedCertificate } from '@symbolon/contracts/certificates'
import { deriveMerchantId } from '@symbolon/contracts/payment-request'
import type { DatabaseConfig } from '@symbolon/service/database'
import { sandboxIssuers } from '../sandbox/issuers.ts'
import { sandboxKeyLimits } from '../sandbox/key-limits.ts'
import { issuerLetters, type IssuerLetter, type Origins, type Ports } from '../sandbox/ports.ts'
import type { Home } from '../state/home.ts'
import type { Secrets } from '../state/secrets.ts'
import { listMerchantCertificates } from './directory.ts'
import type { FrontPublic, MallPublic, VaultPublic } from './keys.ts'
import { issuerIdOf, keysFolderOf, operatorName } from './names.ts'
import { pages, type ProcessName } from './programs.ts'

/** What the configurations of all processes are made from. */
export type Facts = {
  readonly home: Home
  readonly checkout: string
  readonly socketFolder: string
  readonly ports: Ports
  readonly origins: Origins
  readonly secrets: Secrets
  /** The built device frame, by the hash of its manifest. */
  readonly frameBundleHash: string
  /** The name under which an operator accepts a database that was put back. */
  readonly acceptRestore?: string
}
export type ServerAddress = Pick<DatabaseConfig, 'host' | 'port'>
export type Published = {
  readonly vault: VaultPublic
  readonly fronts: Readonly<Record<IssuerLetter, FrontPublic>>
  readonly mall: MallPublic
  /** Every certificate that is of use now. */
  readonly certificates: readonly IssuedCertificate[]
}

const host = '127.0.0.1'
/** What the sandbox operator is called at the issuers (DE 32, DE 41); invented. */
const acquiringInstitutionId = '999001'
const terminalId = 'SYMB0001'

export function buildSchemaConfig(facts: Pick<Facts, 'secrets'>, server: ServerAddress): unknown {
  return { database: databaseOf(facts, server, { database: 'symbolon', user: 'symbolon_migrator' }) }
}

export function buildVaultConfig(facts: Facts, server: ServerAddress): unknown {
  return {
    listen: { socketPath: join(facts.socketFolder, 'vault.sock') },
    database: databaseOf(facts, server, { database: 'symbolon', user: 'symbolon_vault' }),
    keysFolder: keysFolderOf(facts.home, 'vault'),
    // Two places; on one machine they fail together, so a real operator puts the second on another medium.
    keyStores: [{ folder: keysFolderOf(facts.home, 'vault') }, { folder: keysFolderOf(facts.home, 'vault-second') }],
    ...(facts.acceptRestore === undefined ? {} : { acceptRestore: facts.acceptRestore }),
    operatorId: facts.secrets.id('operator'),
    deviceOrigins: [facts.origins.device],
  }
}

export function buildLinkConfig(facts: Facts, server: ServerAddress): unknown {
  return {
    listen: { socketPath: join(facts.socketFolder, 'link.sock') },
    database: databaseOf(facts, server, { database: 'symbolon', user: 'symbolon_link' }),
    issuers: issuerLetters.map((letter) => ({
      issuerId: issuerIdOf(facts.secrets, letter),
      address: { host, port: facts.ports.frontLink[letter] },
      dialect: sandboxIssuers[letter].dialect,
      acquiringInstitutionId,
      terminalId,
      // On one machine the fronts are there within seconds; a refused connection costs nothing.
      longestReconnectMs: 500,
    })),
  }
}

export function buildEdgeConfig(facts: Facts, server: ServerAddress, published: Published): unknown {
  const { secrets, origins } = facts
  return {
    operatorId: secrets.id('operator'),
    origin: origins.edge,
    listen: { host, port: facts.ports.edge },
    deviceOrigin: origins.device,
    deviceFrameHash: facts.frameBundleHash,
    mallOrigin: origins.mall,
    webRoot: join(facts.checkout, pages.chat),
    database: databaseOf(facts, server, { database: 'symbolon', user: 'symbolon_edge' }),
    vault: { socketPath: join(facts.socketFolder, 'vault.sock') },
    link: { socketPath: join(facts.socketFolder, 'link.sock') },
    issuers: issuerLetters.map((letter) => ({
      issuerId: issuerIdOf(secrets, letter),
      certificateKey: published.fronts[letter].certificateKey,
    })),
    merchants: published.mall.shops.map((shop) => ({
      merchantId: deriveMerchantId(origins.mall, shop.slug),
      name: shop.name.ko,
      origin: origins.mall,
      slug: shop.slug,
      apiKeyHash: sha256(apiKeyOf(secrets, shop.slug)),
    })),
    operationsKeyHash: sha256(operationsKeyOf(secrets)),
  }
}

export function buildFrontConfig(facts: Facts, server: ServerAddress, letter: IssuerLetter): unknown {
  const { secrets, ports, origins } = facts
  const issuer = sandboxIssuers[letter]
  return {
    issuerId: issuerIdOf(secrets, letter),
    name: issuer.name,
    brandColour: issuer.brandColour,
    origin: origins.front[letter],
    listen: { host, port: ports.frontHttp[letter] },
    deviceOrigins: [origins.device],
    keysDirectory: keysFolderOf(facts.home, `front-${letter}`),
    database: databaseOf(facts, server, { database: `front_${letter}`, user: `front_${letter}` }),
    operators: [{ operatorId: secrets.id('operator'), name: operatorName, chatOrigins: [origins.edge, origins.device] }],
    keyLimits: sandboxKeyLimits,
    accountRanges: issuer.accountRanges,
    tokenRange: issuer.tokenRange,
    link: { listen: { host, port: ports.frontLink[letter] }, dialect: issuer.dialect },
    host: { address: { host, port: ports.hostLink[letter] }, dialect: issuer.dialect },
    journalKey: journalKeyOf(secrets, `front-${letter}`),
    sandbox: {
      blockedCards: [issuer.blockedCard],
      silentAmountEndings: ['911'],
      lateAmountEndings: ['912'],
      lateByMs: 12_000,
      twiceAmountEndings: ['913'],
    },
  }
}

export function buildHostConfig(facts: Facts, server: ServerAddress, letter: IssuerLetter): unknown {
  const { secrets, ports } = facts
  const issuer = sandboxIssuers[letter]
  return {
    listen: { host, port: ports.hostHttp[letter] },
    database: databaseOf(facts, server, { database: `host_${letter}`, user: `host_${letter}` }),
    link: { listen: { host, port: ports.hostLink[letter] }, dialect: issuer.dialect },
    accountRanges: issuer.accountRanges,
    journalKey: journalKeyOf(secrets, `host-${letter}`),
    limits: {
      perPurchase: { KRW: '5000000', USD: '500000', JPY: '500000', EUR: '500000' },
      balance: { KRW: '900000000000', USD: '900000000000', JPY: '900000000000', EUR: '900000000000' },
    },
    scriptedOutcomes: true,
  }
}

export function buildMallConfig(facts: Facts, published: Published): unknown {
  return {
    listen: { host, port: facts.ports.mall },
    origin: facts.origins.mall,
    operatorOrigin: facts.origins.edge,
    keysFolder: keysFolderOf(facts.home, 'mall'),
    dataFolder: join(facts.home.folder, 'mall'),
    shops: published.mall.shops.map(({ slug }) => ({
      slug,
      apiKey: apiKeyOf(facts.secrets, slug),
      certificates: listMerchantCertificates(published.certificates, deriveMerchantId(facts.origins.mall, slug)),
    })),
  }
}

export function buildDeviceOriginConfig(facts: Facts): unknown {
  return {
    listen: { host, port: facts.ports.deviceOrigin },
    webRoot: join(facts.checkout, pages.deviceFrame),
    directoryFile: facts.home.directoryFile,
    frameAncestors: [facts.origins.edge],
    merchantOrigins: [facts.origins.mall],
  }
}

export const journalKeyOf = (secrets: Secrets, name: ProcessName): string => secrets.key(`journal ${name}`)
export const operationsKeyOf = (secrets: Secrets): string => secrets.key('operations')
const apiKeyOf = (secrets: Secrets, slug: string): string => `sk_test_${secrets.key(`shop ${slug}`)}`
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

function databaseOf(
  { secrets }: Pick<Facts, 'secrets'>,
  server: ServerAddress,
  who: { readonly database: string; readonly user: string },
): DatabaseConfig {
  return { host: server.host, port: server.port, ...who, password: secrets.key(`password ${who.user}`) }
}

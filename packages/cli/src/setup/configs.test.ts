import { expect, test } from 'vitest'
import { deriveMerchantId } from '@symbolon/contracts/payment-request'
import { Directory } from '@symbolon/contracts/directory'
import { Value } from 'typebox/value'
import { decideOrigins, decidePorts, issuerLetters } from '../sandbox/ports.ts'
import { decideHome } from '../state/home.ts'
import type { Secrets } from '../state/secrets.ts'
import { listWanted } from './certificates.ts'
import * as configs from './configs.ts'
import { buildDirectory } from './directory.ts'

const secrets: Secrets = {
  id: (name) => Buffer.from(name.padEnd(16, '.')).toString('hex').slice(0, 32),
  key: (name) => Buffer.from(name.padEnd(32, '.')).toString('base64url').slice(0, 43),
  save: () => undefined,
}
const ports = decidePorts({})
const facts: configs.Facts = {
  home: decideHome({ environment: {}, isRoot: true, checkout: '/srv/symbolon', isReachable: () => true }),
  checkout: '/srv/symbolon',
  socketFolder: '/run/s',
  ports,
  origins: decideOrigins(ports),
  secrets,
  frameBundleHash: 'ab'.repeat(32),
}
const front = { sealingKeys: [{ keyId: '0123456789abcdef', publicKey: 'A'.repeat(1_600) }], certificateKey: 'B'.repeat(43) }
const keys = {
  vault: { vaultPublicKey: 'C'.repeat(43) },
  fronts: { a: front, b: front, c: front },
  mall: { shops: [{ slug: 'books', name: { ko: '책', en: 'Books' }, key: { x: 'D'.repeat(43) } }] },
}
const published: configs.Published = {
  ...keys,
  certificates: listWanted(facts, keys).map(({ kind, subjectId, key, issuerId }) => ({
    kind,
    subjectId,
    key,
    issuerId,
    from: 0,
    to: 4_000_000_000,
    certificate: 'AA',
    signature: 'AA',
  })),
}
const server = { host: '/run/pg', port: 5432 }

test('the directory has the documented form', () => {
  expect([...Value.Errors(Directory, buildDirectory(facts, published))]).toEqual([])
})

test('edge knows a shop’s key by its hash alone; the mall has the key itself', () => {
  const edge = JSON.stringify(configs.buildEdgeConfig(facts, server, published))
  const mall = JSON.stringify(configs.buildMallConfig(facts, published))
  const key = /sk_test_[A-Za-z0-9_-]{43}/u.exec(mall)?.[0] ?? 'none'
  expect(key).not.toBe('none')
  expect(edge).not.toContain(key)
  expect(edge).toContain(deriveMerchantId(facts.origins.mall, 'books'))
})

test('a process gets its own password and nobody else’s', () => {
  const own = (name: string): string => secrets.key(`password ${name}`)
  const built: Readonly<Record<string, unknown>> = {
    symbolon_edge: configs.buildEdgeConfig(facts, server, published),
    symbolon_vault: configs.buildVaultConfig(facts, server),
    symbolon_link: configs.buildLinkConfig(facts, server),
    ...Object.fromEntries(issuerLetters.map((letter) => [`front_${letter}`, configs.buildFrontConfig(facts, server, letter)])),
    ...Object.fromEntries(issuerLetters.map((letter) => [`host_${letter}`, configs.buildHostConfig(facts, server, letter)])),
  }
  for (const [role, config] of Object.entries(built)) {
    const found = Object.keys(built).filter((other) => JSON.stringify(config).includes(`"${own(other)}"`))
    expect([role, found]).toEqual([role, [role]])
  }
})

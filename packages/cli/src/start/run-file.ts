import { rmSync } from 'node:fs'
import { Installation, type InstalledDatabase, type InstalledProcess } from '@symbolon/contracts/installation'
import { Value } from 'typebox/value'
import { sandboxIssuers } from '../sandbox/issuers.ts'
import { issuerLetters } from '../sandbox/ports.ts'
import { journalKeyOf, operationsKeyOf, type Facts, type Published } from '../setup/configs.ts'
import { buildDirectory } from '../setup/directory.ts'
import type { Home } from '../state/home.ts'
import { readJson, writePrivateJson } from '../state/private-file.ts'
import type { DatabaseServer } from './postgres-servers.ts'

export type Servers = { readonly operator: DatabaseServer; readonly issuer: DatabaseServer }

/** Describes a running installation for whoever inspects or uses it from outside. */
export function describeInstallation(
  facts: Facts,
  published: Published,
  servers: Servers,
  { processes, vaultBackend }: { readonly processes: readonly InstalledProcess[]; readonly vaultBackend: string | undefined },
): Installation {
  const { home, origins, secrets } = facts
  const directory = buildDirectory(facts, published)
  return {
    version: 1,
    edgeOrigin: origins.edge,
    deviceOrigin: origins.device,
    mallOrigin: origins.mall,
    frameBundleHash: facts.frameBundleHash,
    shops: published.mall.shops.map(({ slug, name }) => ({ slug, name })),
    operationsKey: operationsKeyOf(secrets),
    ...(vaultBackend === undefined ? {} : { vaultBackend }),
    issuers: issuerLetters.map((letter) => ({
      issuerId: secrets.id(`issuer ${letter}`),
      name: sandboxIssuers[letter].name,
      frontOrigin: origins.front[letter],
      frontJournalKey: journalKeyOf(secrets, `front-${letter}`),
      hostOrigin: origins.host[letter],
      hostJournalKey: journalKeyOf(secrets, `host-${letter}`),
    })),
    directory,
    machinery: {
      supervisorPid: process.pid,
      stateFolder: home.folder,
      logFolder: home.logFolder,
      processes: [...listServers(servers), ...processes],
      operatorDatabase: describeDatabase(servers.operator, 'symbolon'),
      issuerDatabase: describeDatabase(servers.issuer, 'postgres'),
    },
  }
}

export function writeRunFile(home: Home, installation: Installation): void {
  writePrivateJson(home.runFile, installation)
}

export function removeRunFile(home: Home): void {
  rmSync(home.runFile, { force: true })
}

/** Answers what the run file says, or undefined when there is none that can be read. Whether it runs is another question. */
export function readRunFile(home: Home): Installation | undefined {
  const found = readJson(home.runFile)
  return Value.Check(Installation, found) ? Value.Parse(Installation, found) : undefined
}

function listServers({ operator, issuer }: Servers): readonly InstalledProcess[] {
  return [
    ...(operator.own === undefined
      ? []
      : [{ name: 'postgres-operator', party: 'operator', pid: operator.own.pid(), logFile: operator.own.logFile }]),
    ...(issuer.own === undefined
      ? []
      : [{ name: 'postgres-issuer', party: 'issuers', pid: issuer.own.pid(), logFile: issuer.own.logFile }]),
  ]
}

function describeDatabase({ administrator, own }: DatabaseServer, database: string): InstalledDatabase {
  const { host, port, user, password } = administrator
  return { host, port, database, user, password, ...(own === undefined ? {} : { dataFolder: own.dataFolder }) }
}

import type { Secrets } from '../state/secrets.ts'
import { issuerLetters } from '../sandbox/ports.ts'
import type { DatabasePlan } from './databases.ts'

export const operatorPlanes = ['edge', 'vault', 'link'] as const
const migrator = 'symbolon_migrator'
const operatorRoles = [migrator, ...operatorPlanes.map((plane) => `symbolon_${plane}`)]
const issuerRoles = issuerLetters.flatMap((letter) => [`front_${letter}`, `host_${letter}`])

/** The operator's one database: the migrator owns it, each plane may connect and gets only what the grants table gives it. */
export const operatorDatabases: readonly DatabasePlan[] = [
  { database: 'symbolon', owner: migrator, guests: operatorRoles.filter((role) => role !== migrator) },
]
/** On a server of its own, so that account numbers never enter the operator's write-ahead log. */
export const issuerDatabases: readonly DatabasePlan[] = issuerRoles.map((name) => ({ database: name, owner: name, guests: [] }))

export function listOperatorPasswords(secrets: Secrets): ReadonlyMap<string, string> {
  return new Map(operatorRoles.map((role) => [role, secrets.key(`password ${role}`)]))
}

export function listIssuerPasswords(secrets: Secrets): ReadonlyMap<string, string> {
  return new Map(issuerRoles.map((role) => [role, secrets.key(`password ${role}`)]))
}

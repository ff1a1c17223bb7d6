import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Fault } from '@symbolon/formats/result'
import { findCheckout, type Home } from '../state/home.ts'
import { writePrivateJson } from '../state/private-file.ts'
import type { Secrets } from '../state/secrets.ts'
import type { DatabaseServer } from '../start/postgres-servers.ts'
import { buildSchemaConfig, type ServerAddress } from './configs.ts'
import { prepareServer } from './databases.ts'
import { programs } from './programs.ts'
import { listOperatorPasswords, operatorDatabases } from './roles.ts'

/** Makes the operator's database and the roles of its planes, or confirms them. */
export async function prepareOperatorRoles(server: DatabaseServer, secrets: Secrets): Promise<void> {
  const passwordByRole = listOperatorPasswords(secrets)
  const installationId = secrets.id('installation')
  secrets.save()
  const isOwn = server.own !== undefined
  await prepareServer({ administrator: server.administrator, installationId, passwordByRole, databases: operatorDatabases, isOwn })
}

/** Lets the operator's own program bring the schemas to the newest form. */
export async function migrateOperator(home: Home, server: ServerAddress, secrets: Secrets): Promise<void> {
  const configFile = join(home.configFolder, 'schema.json')
  writePrivateJson(configFile, buildSchemaConfig({ secrets }, server))
  try {
    await promisify(execFile)(process.execPath, [join(findCheckout(), programs.schema), '--config', configFile], {
      env: { PATH: process.env['PATH'] ?? '' },
      timeout: 60_000,
    })
  } catch (cause) {
    throw new Fault('SCHEMA_NOT_MIGRATED', { retry: 'never', cause })
  }
}

import { fileURLToPath } from 'node:url'
import { Fault } from '@symbolon/formats/result'
import { ConfigurationError, loadConfig } from '@symbolon/service/config'
import { createDatabase } from '@symbolon/service/database'
import { createLog } from '@symbolon/service/log'
import { schemaConfigSchema } from './config.ts'
import { installSchema } from './install-schema.ts'

/** Runs once and ends: 0 done, 3 configuration, 1 anything else. Prints one JSON line that says what it did. */
async function main(): Promise<number> {
  const config = loadConfig(schemaConfigSchema, process.argv)
  const database = createDatabase({ ...config.database, poolSize: 1 })
  try {
    const report = await installSchema(database, fileURLToPath(new URL('../migrations', import.meta.url)))
    process.stdout.write(`${JSON.stringify(report)}\n`)
    return 0
  } finally {
    await database.close()
  }
}

try {
  process.exitCode = await main()
} catch (error) {
  createLog('schema').error('the schema could not be applied', error)
  if (error instanceof ConfigurationError) process.stderr.write(`schema: ${error.message} ${error.path}\n`)
  else if (error instanceof Fault && error.code === 'SCHEMA_ROLES_UNSUITABLE') {
    process.stderr.write('schema: a role of a plane is missing, is an administrator, or is a member of another role\n')
  }
  process.exitCode = error instanceof ConfigurationError ? 3 : 1
}

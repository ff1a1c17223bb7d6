import { loadConfig } from '@symbolon/service/config'
import { createDatabase } from '@symbolon/service/database'
import { runService } from '@symbolon/service/lifecycle'
import { createPostgresAuthorizationStore } from './adapters/postgres-authorization-store.ts'
import { createPostgresSuspensionStore } from './adapters/postgres-suspension-store.ts'
import { configSchema } from './config.ts'
import { startLink } from './link.ts'

await runService('link', async (log) => {
  const config = loadConfig(configSchema, process.argv)
  const database = createDatabase(config.database)
  const link = await startLink({
    config,
    store: createPostgresAuthorizationStore(database),
    suspensions: createPostgresSuspensionStore(database),
    log,
  })
  return { address: link.address, close: [() => link.close(), () => database.close()] }
})

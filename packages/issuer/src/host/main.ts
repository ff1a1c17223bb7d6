import { loadConfig } from '@symbolon/service/config'
import { runService } from '@symbolon/service/lifecycle'
import { hostConfigSchema } from './config.ts'
import { startHost } from './start.ts'

await runService('host', (log) => startHost(loadConfig(hostConfigSchema, process.argv), log))

import { runService } from '@symbolon/service/lifecycle'
import { startFront } from './start.ts'
import { loadConfig } from '@symbolon/service/config'
import { frontConfigSchema } from './config.ts'

await runService('front', (log) => startFront(loadConfig(frontConfigSchema, process.argv), log))

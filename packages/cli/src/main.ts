import { runMain } from './run-main.ts'

process.exitCode = await runMain(process.argv.slice(2))

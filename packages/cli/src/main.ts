import { runMain } from './run-main.ts'

// Whoever reads our output may stop early (`| head`); that is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
})
process.exitCode = await runMain(process.argv.slice(2))

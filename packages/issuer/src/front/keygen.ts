import { createKeys } from './adapters/keys.ts'

const folder = process.argv[process.argv.indexOf('--keys') + 1]
if (!process.argv.includes('--keys') || folder === undefined) {
  process.stderr.write('start with --keys DIR\n')
  process.exit(3)
}
process.stdout.write(`${JSON.stringify(await createKeys(folder))}\n`)

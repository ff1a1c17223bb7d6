import { createKeys } from './adapters/key-store/create-keys.ts'

// node dist/keygen.js --keys FOLDER: prints the public keys on one line.
const folder = process.argv[process.argv.indexOf('--keys') + 1]
if (!process.argv.includes('--keys') || folder === undefined) {
  process.stderr.write('vault keygen: start with --keys FOLDER\n')
  process.exit(2)
}
process.stdout.write(`${JSON.stringify(createKeys(folder))}\n`)

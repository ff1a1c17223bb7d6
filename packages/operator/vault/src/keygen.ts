import { createKeys, publishKeys } from './adapters/key-store/create-keys.ts'
import { prepareSigningKey, switchSigningKey } from './adapters/key-store/signing-key.ts'

// node dist/keygen.js --keys FOLDER [--without-generation] [--prepare-signing-key | --switch-signing-key]: prints the public keys on one line.
const folder = process.argv[process.argv.indexOf('--keys') + 1]
if (!process.argv.includes('--keys') || folder === undefined) {
  process.stderr.write('vault keygen: start with --keys FOLDER\n')
  process.exit(2)
}
createKeys(folder, !process.argv.includes('--without-generation'))
if (process.argv.includes('--prepare-signing-key')) prepareSigningKey(folder)
if (process.argv.includes('--switch-signing-key')) switchSigningKey(folder)
process.stdout.write(`${JSON.stringify(publishKeys(folder))}\n`)

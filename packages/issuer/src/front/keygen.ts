import { createKeys, publishKeys } from './adapters/keys.ts'
import { addSealingKey, retireSealingKeys } from './adapters/sealing-keys.ts'

// node dist/front/keygen.js --keys DIR [--add-sealing-key | --retire-sealing-keys]: prints the public keys on one line.
const folder = process.argv[process.argv.indexOf('--keys') + 1]
if (!process.argv.includes('--keys') || folder === undefined) {
  process.stderr.write('start with --keys DIR [--add-sealing-key | --retire-sealing-keys]\n')
  process.exit(3)
}
await createKeys(folder)
if (process.argv.includes('--add-sealing-key')) addSealingKey(folder)
if (process.argv.includes('--retire-sealing-keys')) retireSealingKeys(folder)
process.stdout.write(`${JSON.stringify(await publishKeys(folder))}\n`)

import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createSigningKey } from '../signing.ts'
import { loadShopKey } from './adapters/shop-keys.ts'
import { shops } from './catalogue.ts'

/** `keygen --keys DIR`: makes what is missing and prints the public half, one line of JSON. */
const folder = process.argv[process.argv.indexOf('--keys') + 1]
if (!process.argv.includes('--keys') || folder === undefined) {
  process.stderr.write('usage: keygen --keys DIR\n')
  process.exit(2)
}
mkdirSync(folder, { recursive: true, mode: 0o700 })
for (const shop of shops) {
  const file = join(folder, `${shop.slug}.jwk.json`)
  if (!existsSync(file)) writeFileSync(file, JSON.stringify(await createSigningKey(`${shop.slug}-1`)), { mode: 0o600 })
}
const published = {
  shops: await Promise.all(
    shops.map(async (shop) => ({
      slug: shop.slug,
      name: shop.name,
      currency: shop.currency,
      key: (await loadShopKey(folder, shop.slug)).publicJwk,
    })),
  ),
}
writeFileSync(join(folder, 'public.json'), `${JSON.stringify(published)}\n`)
process.stdout.write(`${JSON.stringify(published)}\n`)

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseSigningKey, type SigningKey } from '../../signing.ts'

/** Reads the signing key of one shop. The file never leaves the merchant's side. */
export async function loadShopKey(folder: string, slug: string): Promise<SigningKey> {
  return parseSigningKey(JSON.parse(readFileSync(join(folder, `${slug}.jwk.json`), 'utf8')))
}

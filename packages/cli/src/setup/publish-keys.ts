import { join } from 'node:path'
import { mapLetters } from '../sandbox/ports.ts'
import { issueMissing, type CertificateFacts, type PublicKeysOfAll } from './certificates.ts'
import type { Published } from './configs.ts'
import { FrontPublic, MallPublic, VaultPublic, makeKeys } from './keys.ts'
import { keysFolderOf } from './names.ts'
import { programs } from './programs.ts'

/** The keys of every party and what issuers say about them: whatever is missing or ends soon is made now. */
export async function publishKeys(facts: CertificateFacts, now: number): Promise<Published> {
  const keys = await makeAllKeys(facts)
  return { ...keys, certificates: await issueMissing(facts, keys, now) }
}

/** Every party's own keys, made by its own program where they are missing. */
export async function makeAllKeys({ home, checkout }: Pick<CertificateFacts, 'home' | 'checkout'>): Promise<PublicKeysOfAll> {
  const folder = (party: string): string => keysFolderOf(home, party)
  const fronts = mapLetters((letter) => makeKeys(join(checkout, programs.frontKeys), folder(`front-${letter}`), FrontPublic))
  const [vault, mall, a, b, c] = await Promise.all([
    makeKeys(join(checkout, programs.vaultKeys), folder('vault'), VaultPublic),
    makeKeys(join(checkout, programs.mallKeys), folder('mall'), MallPublic),
    fronts.a,
    fronts.b,
    fronts.c,
  ])
  return { vault, mall, fronts: { a, b, c } }
}

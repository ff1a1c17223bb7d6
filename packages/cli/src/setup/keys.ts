import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Type, type Static, type TSchema } from 'typebox'
import { Value } from 'typebox/value'
import { Fault } from '@symbolon/formats/result'
import { Base64url, LocalisedText } from '@symbolon/contracts/limits'
import { readJson } from '../state/private-file.ts'

/** What each party publishes about its own keys. The private halves are never opened here. */
export const VaultPublic = Type.Object({ vaultPublicKey: Base64url(43), nextVaultPublicKey: Type.Optional(Base64url(43)) })
export const FrontPublic = Type.Object({
  sealingKeys: Type.Array(Type.Object({ keyId: Type.String({ pattern: '^[0-9a-f]{16}$' }), publicKey: Base64url(1_700) }), {
    minItems: 1,
    maxItems: 4,
  }),
  certificateKey: Base64url(43),
})
export const MallPublic = Type.Object({
  shops: Type.Array(
    Type.Object({
      slug: Type.String({ pattern: '^[a-z0-9-]{1,32}$' }),
      name: LocalisedText,
      key: Type.Object({ x: Base64url(43) }),
    }),
    { minItems: 1, maxItems: 20 },
  ),
})
export type VaultPublic = Static<typeof VaultPublic>
export type FrontPublic = Static<typeof FrontPublic>
export type MallPublic = Static<typeof MallPublic>

const run = promisify(execFile)

/** Lets a party make its own keys in its own folder, by its own program, and answers what it published. */
export async function makeKeys<Schema extends TSchema>(program: string, folder: string, schema: Schema): Promise<Static<Schema>> {
  const published = join(folder, 'public.json')
  const known = readJson(published)
  if (known !== undefined && Value.Check(schema, known)) return Value.Parse(schema, known)
  if (!existsSync(program)) throw new Fault('PROGRAM_NOT_BUILT', { retry: 'never', cause: program })
  await changeKeys(program, folder)
  return Value.Parse(schema, readJson(published))
}

/** Runs a party's own key program: makes what is missing and, by an option, changes what is there. */
export async function changeKeys(program: string, folder: string, ...options: readonly string[]): Promise<void> {
  try {
    await run(process.execPath, [program, '--keys', folder, ...options], { env: { PATH: process.env['PATH'] ?? '' }, timeout: 20_000 })
  } catch (cause) {
    throw new Fault('KEYS_NOT_MADE', { retry: 'never', cause })
  }
}

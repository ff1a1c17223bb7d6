import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { Type } from 'typebox'
import { Value } from 'typebox/value'
import { ConfigurationError } from '@symbolon/service/config'
import { readJson, writePrivateJson } from './private-file.ts'

/** Values that are made once and kept: ids, passwords, bearer keys. Each name always answers the same value. */
export type Secrets = {
  /** Sixteen random bytes, lower-case hex. */
  id(name: string): string
  /** Thirty-two random bytes, base64url. */
  key(name: string): string
  /** Makes new values durable. Nothing made with a value may happen before this. */
  save(): void
}

const File = Type.Record(Type.String({ maxLength: 80 }), Type.String({ maxLength: 200 }))

/** Opens the file of kept values; a file that cannot be read is never overwritten. */
export function openSecrets(file: string): Secrets {
  const found = readJson(file)
  if (found === undefined && existsSync(file))
    throw new ConfigurationError('the file of kept values is damaged; restore it from a copy', file)
  const values: Record<string, string> = found === undefined ? {} : Value.Parse(File, found)
  let changed = false
  const keep = (name: string, make: () => string): string => {
    const known = values[name]
    if (known !== undefined) return known
    changed = true
    return (values[name] = make())
  }
  return {
    id: (name) => keep(name, () => randomBytes(16).toString('hex')),
    key: (name) => keep(name, () => randomBytes(32).toString('base64url')),
    save: () => {
      if (changed) writePrivateJson(file, values)
      changed = false
    },
  }
}

import { readFileSync } from 'node:fs'
import type { Static, TSchema } from 'typebox'
import { Value } from 'typebox/value'

/** A configuration that cannot be used; `path` names the member. Exit code 3 (configuration). */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError'
  readonly path: string
  constructor(message: string, path: string) {
    super(message)
    this.path = path
  }
}

/**
 * Reads the JSON file named by `--config FILE` and checks it against a schema. Secrets stand in that file (mode 0600), never in
 * argv or the environment, where other users of the machine could read them.
 */
export function loadConfig<Schema extends TSchema>(schema: Schema, argv: readonly string[]): Static<Schema> {
  const file = argv[argv.indexOf('--config') + 1]
  if (!argv.includes('--config') || file === undefined) throw new ConfigurationError('start with --config FILE', '')
  const parsed: unknown = JSON.parse(readFileSync(file, 'utf8'))
  for (const error of Value.Errors(schema, parsed)) {
    throw new ConfigurationError('a member of the configuration is missing or wrong', error.instancePath)
  }
  return Value.Parse(schema, parsed)
}

import { ConfigurationError } from '@symbolon/service/config'
import type { Log } from '@symbolon/service/log'
import type { Config } from '../../config.ts'
import type { KeyRing } from '../../ports.ts'
import { createFileGenerations } from './file-generations.ts'
import { openKeyRing } from './key-ring.ts'
import { createPkcs11Generations } from './pkcs11-generations.ts'

/** Opens the key stores of the configuration; without any named, the keys folder alone holds the generations too. */
export async function openConfiguredKeys(
  config: Pick<Config, 'keysFolder' | 'keyStores'>,
  log: Log,
  isFirstStart: () => Promise<boolean>,
): Promise<KeyRing> {
  const places = config.keyStores ?? [{ folder: config.keysFolder }]
  if (new Set(places.map(({ folder }) => folder)).size !== places.length) {
    throw new ConfigurationError('two key stores are two places', '/keyStores')
  }
  if (places.length < 2) log.warn('key-encryption keys are kept in one place; its loss makes every wallet start anew')
  const stores = places.map(({ folder, pkcs11 }) =>
    pkcs11 === undefined ? createFileGenerations(folder) : createPkcs11Generations(folder, pkcs11),
  )
  const onMissing = (store: number): void => log.warn('a key store cannot be read; the other one is enough to start', { count: store + 1 })
  return openKeyRing(stores, { onMissing, isFirstStart })
}

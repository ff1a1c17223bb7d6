import type { KeyRotation, KeysAnswer, KeysVerified } from '@symbolon/contracts/planes'

/** Key-encryption keys as a person reads them. */
export function describeKeys(keys: KeysAnswer): readonly string[] {
  const values = keys.values.map(({ generation, count }) => `${count} values need generation ${generation}`)
  return [
    `Generation in use: ${keys.newest}`,
    ...keys.stores.map(
      ({ protection, generations, isReadable }, index) =>
        `Key store ${index + 1} (${protection}): ${isReadable ? `generations ${generations.join(', ') || 'none'}` : 'CANNOT BE READ'}`,
    ),
    `Signing key: ${keys.signingKeyProtection}`,
    ...(values.length === 0 ? ['No value is sealed yet.'] : values),
    ...(keys.destroyed.length === 0 ? [] : [`Destroyed: ${keys.destroyed.join(', ')}`]),
    ...(keys.rotation.state === 'none'
      ? []
      : [`Rotation to ${keys.rotation.to}: ${keys.rotation.state}, ${keys.rotation.done} of ${keys.rotation.total}`]),
    ...(keys.restore === undefined
      ? []
      : [
          `Restored as ${keys.restore.name}: ${keys.restore.walletsAhead} wallets have been seen whose device is ahead; each has to be bound again.`,
        ]),
  ]
}

export function describeVerified(answer: KeysVerified): readonly string[] {
  const oldRow = {
    none: 'no row from before a rotation is at hand',
    opens: 'A ROW FROM BEFORE THE ROTATION STILL OPENS',
    'does-not-open': 'a row from before the latest rotation does not open with any key that there is',
  }
  return [
    answer.isVerified ? '✓ verified' : '✗ NOT VERIFIED',
    `${answer.values} sealed values looked at; generations that are needed and gone: ${answer.generationsMissing.join(', ') || 'none'}`,
    `destroyed generations that a store still has: ${answer.destroyedButPresent.join(', ') || 'none'}`,
    oldRow[answer.oldRow],
  ]
}

/** One line of progress, as wide as the terminal allows. */
export function rotationBar({ state, done, total, seconds, to }: KeyRotation, columns: number): string {
  const text = ` ${done}/${total} wallets, ${seconds.toFixed(0)} s`
  const head = state === 'destroying' ? 'destroying the older keys ' : `generation ${to} `
  const width = Math.max(0, Math.min(40, columns - text.length - head.length - 3))
  const filled = total === 0 ? width : Math.round((width * done) / total)
  return `${head}[${'█'.repeat(filled)}${'░'.repeat(width - filled)}]${text}`.slice(0, columns)
}

/** Names in the keys folder. A key is base64url text; a generation is never written twice. */
export const signingKeyFile = 'vault-signing.key'
/** Prepared and not yet in use: a rotation with overlap (docs/custody.md 10). */
export const nextSigningKeyFile = 'vault-signing-next.key'
export const publicFile = 'public.json'
export const keyEncryptionKeyFile = (generation: number): string => `kek-${generation}.key`

/** The generation that a file name stands for, or undefined for any other file. */
export function parseGeneration(fileName: string): number | undefined {
  const digits = /^kek-([1-9][0-9]{0,8})\.key$/u.exec(fileName)?.[1]
  return digits === undefined ? undefined : Number(digits)
}

/** PKCS #8 of an Ed25519 seed (RFC 8410): the fixed head and the 32 bytes. */
export const ed25519PrivateKeyHead = Buffer.from('302e020100300506032b657004220420', 'hex')

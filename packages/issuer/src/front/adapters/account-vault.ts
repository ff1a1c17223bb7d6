import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto'
import { assert } from '@symbolon/formats/result'
import type { AccountVault } from '../flows/ports.ts'

/** AES-256-GCM with a random nonce; the account key is the additional data, so a row cannot take another's number. */
export function createAccountVault(keys: { readonly vault: Uint8Array; readonly lookup: Uint8Array }): AccountVault {
  const deriveAccountKey = (pan: string): Uint8Array => new Uint8Array(createHmac('sha256', keys.lookup).update(pan).digest())
  return {
    deriveAccountKey,
    // An account number is digits: no text of a form is ever one.
    authenticate: (text) => createHmac('sha256', keys.lookup).update(`form\n${text}`).digest('hex'),
    seal: (pan) => {
      const nonce = randomBytes(12)
      const cipher = createCipheriv('aes-256-gcm', keys.vault, nonce).setAAD(deriveAccountKey(pan))
      const ciphertext = Buffer.concat([cipher.update(pan, 'ascii'), cipher.final()])
      return Buffer.concat([nonce, ciphertext, cipher.getAuthTag()])
    },
    open: (sealed, accountKey) => {
      assert(sealed.length > 28, 'a sealed account has a nonce, a number and a tag')
      const decipher = createDecipheriv('aes-256-gcm', keys.vault, sealed.subarray(0, 12)).setAAD(accountKey)
      decipher.setAuthTag(sealed.subarray(sealed.length - 16))
      return decipher.update(sealed.subarray(12, sealed.length - 16), undefined, 'ascii') + decipher.final('ascii')
    },
  }
}

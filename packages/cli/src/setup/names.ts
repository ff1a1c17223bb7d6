import { join } from 'node:path'
import type { IssuerLetter } from '../sandbox/ports.ts'
import type { Home } from '../state/home.ts'
import type { Secrets } from '../state/secrets.ts'

/** Where a party keeps its own keys; nothing here opens a private one. */
export const keysFolderOf = (home: Home, party: string): string => join(home.keysFolder, party)

/** The id of a sandbox issuer, made once and kept. */
export const issuerIdOf = (secrets: Secrets, letter: IssuerLetter): string => secrets.id(`issuer ${letter}`)

/** What people read as the name of the sandbox's operator. */
export const operatorName = { ko: '심볼론 샌드박스', en: 'Symbolon Sandbox' }

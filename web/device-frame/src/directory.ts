import { Value } from 'typebox/value'
import { Directory } from '@symbolon/contracts/directory'

/** Reads the directory that the device origin pinned into this page. Nothing else names an issuer, a key or the operator. */
export function readDirectory(page: Document): Directory {
  const text = page.getElementById('issuer-directory')?.textContent ?? ''
  return Value.Parse(Directory, JSON.parse(text))
}

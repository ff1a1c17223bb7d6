import { Value } from 'typebox/value'
import { Directory, directoryPath } from '@symbolon/contracts/directory'

const timeoutMs = 8_000

/** Fetches the directory from this page's own origin. Nothing else names an issuer, a key or the operator. */
export async function fetchDirectory(): Promise<Directory> {
  // As the page's preload asks for it: the answer is usually there already.
  const answer = await fetch(directoryPath, { credentials: 'same-origin', redirect: 'error', signal: AbortSignal.timeout(timeoutMs) })
  return Value.Parse(Directory, await answer.json())
}

/** The directory as it is served now; undefined when it cannot be had. What the wallet takes from it is the wallet's decision. */
export async function reloadDirectory(): Promise<Directory | undefined> {
  try {
    return await fetchDirectory()
  } catch {
    return undefined
  }
}

import { bundleManifestPath, deriveBundleHash, parseBundleManifest, type BundleEntry } from '@symbolon/contracts/frame-bundle'
import { bytesToHex } from '@symbolon/formats/bytes'

/** `altered`: what is served is not what this page was deployed with. */
export type FrameCheck = 'same' | 'altered' | 'unreachable'

const timeoutMs = 8_000
// What a browser runs or applies. Fonts and pictures, most of the bytes, are left to `symbolon verify frame`.
const checkedSuffix = /\.(?:html|js|css)$/u

/**
 * Compares the frame that its origin serves with the hash that this page was deployed with, before it is embedded. It catches a frame
 * that was replaced for everybody. It proves nothing against an origin that answers this page and the frame's own loading differently,
 * nor anything about this page itself.
 */
export async function checkFrame(origin: string, bundleHash: string): Promise<FrameCheck> {
  try {
    const manifest = await (await get(`${origin}/${bundleManifestPath}`)).text()
    const entries = parseBundleManifest(manifest)
    if (entries === undefined || deriveBundleHash(manifest) !== bundleHash) return 'altered'
    const results = await Promise.all(entries.filter(({ path }) => checkedSuffix.test(path)).map((entry) => isServed(origin, entry)))
    return results.every(Boolean) ? 'same' : 'altered'
  } catch {
    return 'unreachable'
  }
}

async function isServed(origin: string, { path, hash }: BundleEntry): Promise<boolean> {
  const answer = await get(`${origin}/${path === 'index.html' ? '' : path}`)
  return bytesToHex(new Uint8Array(await crypto.subtle.digest('SHA-256', await answer.arrayBuffer()))) === hash
}

async function get(url: string): Promise<Response> {
  const answer = await fetch(url, {
    cache: 'no-store',
    credentials: 'omit',
    redirect: 'error',
    referrerPolicy: 'no-referrer',
    signal: AbortSignal.timeout(timeoutMs),
  })
  if (answer.status !== 200) throw new TypeError('the frame is not served')
  return answer
}

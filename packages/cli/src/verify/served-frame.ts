import { createHash } from 'node:crypto'
import { Directory, directoryPath } from '@symbolon/contracts/directory'
import { bundleManifestPath, deriveBundleHash, parseBundleManifest, type BundleEntry } from '@symbolon/contracts/frame-bundle'
import { Value } from 'typebox/value'

/** What somebody finds who looks at a served frame from outside, and who the directory beside it trusts. */
export type FrameReport = {
  readonly result: 'same' | 'altered' | 'unreachable'
  readonly bundleHash?: string
  readonly directoryHash?: string
  readonly anchors: readonly { readonly name: string; readonly certificateKey: string }[]
  /** Sentences, empty when nothing is wrong. */
  readonly findings: readonly string[]
}

const timeoutMs = 10_000
const maximumBytes = 8_000_000

/** Fetches manifest, every file, and the policy that the page is served with, as a browser without a past would get them. */
export async function verifyServedFrame(origin: string, wanted: string): Promise<FrameReport> {
  try {
    const manifest = (await get(origin, bundleManifestPath)).body.toString('utf8')
    const entries = parseBundleManifest(manifest)
    if (entries === undefined) return { result: 'altered', anchors: [], findings: ['the manifest does not have the documented form'] }
    const bundleHash = deriveBundleHash(manifest)
    const findings = [
      ...(bundleHash === wanted ? [] : [`the manifest is another one: ${bundleHash}`]),
      ...(await Promise.all(entries.map((entry) => compare(origin, entry)))).flat(),
      ...(await checkPolicy(origin)),
    ]
    return { result: findings.length === 0 ? 'same' : 'altered', bundleHash, findings, ...(await readDirectory(origin)) }
  } catch (error) {
    const words = error instanceof NotServed ? error.message : 'nobody answers at this address as a device origin does'
    return { result: 'unreachable', anchors: [], findings: [words] }
  }
}

async function compare(origin: string, { path, hash }: BundleEntry): Promise<readonly string[]> {
  // The page is what a browser gets at the root, whatever another address shows.
  const { body } = await get(origin, path === 'index.html' ? '' : path)
  return sha256(body) === hash ? [] : [`${path} is not what the manifest says`]
}

/** The policy is no part of the bundle, and the frame is not safe without it. */
async function checkPolicy(origin: string): Promise<readonly string[]> {
  const { headers } = await get(origin, '')
  const policy = new Map(
    (headers.get('content-security-policy') ?? '').split(';').map((part) => {
      const [name = '', ...values] = part.trim().split(/\s+/u)
      return [name, values] as const
    }),
  )
  const scripts = policy.get('script-src') ?? []
  const isStrict = scripts.every((value) => value === "'self'" || value === "'wasm-unsafe-eval'" || value.startsWith("'sha256-"))
  return [
    ...(policy.get('default-src')?.join(' ') === "'none'" ? [] : ['the page is served without default-src none']),
    ...(scripts.length > 0 && isStrict ? [] : ['the page is served with a policy that lets foreign scripts run']),
    ...(policy.has('frame-ancestors') && !policy.get('frame-ancestors')?.includes('*') ? [] : ['anybody may embed the page']),
    ...(policy.has('connect-src') && !policy.get('connect-src')?.includes('*') ? [] : ['the page may talk to anybody']),
  ]
}

async function readDirectory(origin: string): Promise<Pick<FrameReport, 'directoryHash' | 'anchors'>> {
  const { body } = await get(origin, directoryPath.slice(1))
  const directory: unknown = JSON.parse(body.toString('utf8'))
  if (!Value.Check(Directory, directory)) throw new NotServed('the directory of issuers does not have the documented form')
  return {
    directoryHash: sha256(body),
    anchors: directory.issuers.map(({ name, certificateKey }) => ({ name: name.en, certificateKey })),
  }
}

class NotServed extends Error {
  override readonly name = 'NotServed'
}

async function get(origin: string, path: string): Promise<{ readonly body: Buffer; readonly headers: Headers }> {
  const answer = await fetch(`${origin}/${path}`, { redirect: 'error', signal: AbortSignal.timeout(timeoutMs) })
  if (answer.status !== 200) throw new NotServed('a file of the frame is not served')
  const body = Buffer.from(await answer.arrayBuffer())
  if (body.length > maximumBytes) throw new NotServed('a file of the frame is larger than any of ours')
  return { body, headers: answer.headers }
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex')
}

import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Where the peers' sources lie, and what Maven brings (not committed). */
export const jposFolder = fileURLToPath(new URL('./jpos', import.meta.url))
const libraryFolder = fileURLToPath(new URL('../../artifacts/jpos', import.meta.url))

/**
 * Whether the peer is there. When it is not, says so loudly; with PEERS=required that is a failure, so that a check cannot turn green
 * by not running.
 */
export function isPeerReady(peer: string, problem: string | undefined): boolean {
  if (problem === undefined) return true
  if (process.env['PEERS'] === 'required') throw new Error('a peer is missing although PEERS=required', { cause: `${peer}: ${problem}` })
  process.stderr.write(`\nSKIPPED ${peer}: ${problem}\n\n`)
  return false
}

/** Java, Maven and jPOS. Answers the class path, or why there is none. */
export function prepareJpos(): { readonly classPath: string; readonly problem?: string } {
  const classPath = join(libraryFolder, '*')
  if (spawnSync('java', ['-version']).status !== 0) return { classPath, problem: 'java is not installed' }
  mkdirSync(libraryFolder, { recursive: true })
  if (readdirSync(libraryFolder).some((name) => name.startsWith('jpos-'))) return { classPath }
  const goal = ['-q', '-B', '-f', join(jposFolder, 'pom.xml'), 'dependency:copy-dependencies', `-DoutputDirectory=${libraryFolder}`]
  const copied = spawnSync('mvn', goal, { encoding: 'utf8', timeout: 240_000 })
  if (copied.status === 0) return { classPath }
  return { classPath, problem: copied.error === undefined ? 'Maven could not fetch jPOS' : 'mvn is not installed' }
}

export function findTsharkProblem(): string | undefined {
  return spawnSync('tshark', ['--version']).status === 0 ? undefined : 'tshark is not installed (apt-get install tshark)'
}

/** SoftHSM2 and pkcs11-tool. Answers the library of the token, or what is missing. */
export function findSoftHsm(): { readonly module: string; readonly problem?: string } {
  const folders = ['/usr/lib', '/usr/local/lib', '/usr/lib64', ...readFolders('/usr/lib').map((name) => join('/usr/lib', name))]
  const module = folders.map((folder) => join(folder, 'softhsm/libsofthsm2.so')).find((path) => existsSync(path))
  if (module === undefined) return { module: '', problem: 'SoftHSM2 is not installed (apt-get install softhsm2)' }
  const hasTools = ['softhsm2-util', 'pkcs11-tool'].every((tool) => spawnSync(tool, ['--help']).error === undefined)
  return hasTools ? { module } : { module, problem: 'pkcs11-tool is not installed (apt-get install opensc)' }
}

function readFolders(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []))
}

import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { freemem, tmpdir } from 'node:os'
import { join } from 'node:path'
import { createDatabase } from '@symbolon/service/database'
import { ConfigurationError } from '@symbolon/service/config'
import { exitCodes } from '../output/exit-codes.ts'
import { explain } from '../output/explain.ts'
import { paint } from '../output/terminal.ts'
import { isReachableByOthers, preparePrograms } from '../postgres/index.ts'
import { findTakenPorts } from '../processes/free-port.ts'
import { findLockOwner } from '../processes/owner-lock.ts'
import { decidePorts, listPorts } from '../sandbox/ports.ts'
import { checkServer } from '../setup/databases.ts'
import { parseDatabaseUrl } from '../setup/database-address.ts'
import { pages, programs } from '../setup/programs.ts'
import { findCheckout, findHome, makeHome } from '../state/home.ts'
import { jsonOption, makeCommand } from './command.ts'

export const doctorCommand = makeCommand({
  name: 'doctor',
  description: 'Look at everything that a start needs. Each line that is not well says how to mend it.',
  args: { json: jsonOption },
  run: ({ json }) => doctor(json),
})

/** What was looked at; `fix` is there when it is not well. */
type Finding = { readonly name: string; readonly found: string; readonly fix?: string }

async function doctor(json: boolean): Promise<number> {
  const findings = await Promise.all([
    check('Node', checkNode),
    check('build', checkBuild),
    check('state folder', checkState),
    check('ports', checkPorts),
    check('memory', checkMemory),
    check('operator PostgreSQL', () => checkPostgres('DATABASE_URL')),
    check('issuer PostgreSQL', () => checkPostgres('ISSUER_DATABASE_URL')),
  ])
  const isWell = findings.every(({ fix }) => fix === undefined)
  if (json) process.stdout.write(`${JSON.stringify({ version: 1, isWell, findings })}\n`)
  else for (const finding of findings) tell(finding)
  return isWell ? exitCodes.ok : exitCodes.configuration
}

async function check(name: string, look: () => Promise<Omit<Finding, 'name'>> | Omit<Finding, 'name'>): Promise<Finding> {
  try {
    return { name, ...(await look()) }
  } catch (error) {
    return { name, found: 'not usable', fix: explain(error).lines.join(' ') }
  }
}

function checkNode(): Omit<Finding, 'name'> {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  const found = `Node ${process.versions.node}`
  if (major < 20 || (major === 20 && minor < 19)) return { found, fix: 'install Node 20.19 or newer; the current LTS is recommended' }
  return { found }
}

function checkBuild(): Omit<Finding, 'name'> {
  const missing = [...Object.values(programs), ...Object.values(pages)].filter((path) => !existsSync(join(findCheckout(), path)))
  return missing.length === 0
    ? { found: 'every program and page is built' }
    : { found: `missing: ${missing.join(', ')}`, fix: 'npm run build' }
}

function checkState(): Omit<Finding, 'name'> {
  const home = findHome()
  makeHome(home)
  const owner = findLockOwner(home.lockFile)
  return { found: `${home.folder}${owner === undefined ? '' : `, in use by process ${owner.pid}`}` }
}

async function checkPorts(): Promise<Omit<Finding, 'name'>> {
  const wanted = listPorts(decidePorts(process.env))
  if (findLockOwner(findHome().lockFile) !== undefined) return { found: 'in use by this installation, which runs' }
  const taken = await findTakenPorts(wanted)
  if (taken.length === 0) return { found: `${wanted.length} ports from ${wanted[0]?.port ?? 0} are free` }
  const list = taken.map(({ port, process }) => `${port} (${process})`).join(', ')
  return { found: `taken: ${list}`, fix: 'stop the program that has them, or SYMBOLON_PORT_BASE=9400 npm start' }
}

function checkMemory(): Omit<Finding, 'name'> {
  const gigabytes = freemem() / 2 ** 30
  const found = `${gigabytes.toFixed(1)} GiB free`
  return gigabytes < 1 ? { found, fix: 'thirteen processes need about 1 GiB; close something' } : { found }
}

async function checkPostgres(variable: 'DATABASE_URL' | 'ISSUER_DATABASE_URL'): Promise<Omit<Finding, 'name'>> {
  const address = process.env[variable]
  if (address === undefined || address === '') return checkOwnPostgres()
  const server = createDatabase({ ...parseDatabaseUrl(variable, address), poolSize: 1 })
  try {
    await checkServer(server)
    return { found: `the server of ${variable} is 15 or newer and lets us make roles and databases` }
  } finally {
    await server.close()
  }
}

function checkOwnPostgres(): Omit<Finding, 'name'> {
  const folder = mkdtempSync(join(isReachableByOthers(tmpdir()) ? tmpdir() : '/tmp', 'symbolon-doctor-'))
  try {
    chmodSync(folder, 0o711)
    const { postgres, environment, user } = preparePrograms(join(folder, 'programs'))
    const version = execFileSync(postgres, ['--version'], { env: environment, cwd: '/', encoding: 'utf8', ...user }).trim()
    return { found: `${version}, from the npm packages` }
  } catch (error) {
    if (error instanceof ConfigurationError) throw error
    return { found: 'the programs from the npm packages do not run here', fix: 'set DATABASE_URL and ISSUER_DATABASE_URL to servers ≥ 15' }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function tell({ name, found, fix }: Finding): void {
  const mark = fix === undefined ? paint(process.stdout, 'good', '✓') : paint(process.stdout, 'bad', '✗')
  process.stdout.write(`${mark} ${name}: ${found}${fix === undefined ? '' : `\n  fix: ${fix}`}\n`)
}

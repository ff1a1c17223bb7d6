#!/usr/bin/env node
// Builds what `npm start`, `npm test` and `npm run check` run: TypeScript projects and pages side by side. Plain JavaScript, because
// nothing is built yet when it runs. When it succeeds it says one thing, the hash of the device frame, and with `--silent` nothing.
// `--all` also checks the types of the tests.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const checkout = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..')
const pages = ['web/chat', 'web/device-frame']
// A page is bundled from sources, so these are all that its files depend on.
const sharedInputs = ['web/elements', 'packages/formats', 'packages/custody', 'packages/contracts', 'packages/device']
const project = process.argv.includes('--all') ? 'tsconfig.json' : 'tsconfig.start.json'

const results = await Promise.all([
  run('TypeScript', 'node_modules/typescript/bin/tsc', ['--build', project], checkout),
  ...pages.filter((page) => existsSync(join(checkout, page, 'vite.config.ts'))).map(buildPage),
])
for (const { name, output } of results.filter(({ ok }) => !ok)) process.stderr.write(`The build of ${name} failed:\n${output}\n`)
process.exitCode = results.every(({ ok }) => ok) ? 0 : 1
// Everybody who builds the same sources with the same Node and packages sees this line end in the same letters.
const frameManifest = join(checkout, 'web/device-frame/dist/bundle.sha256')
if (process.exitCode === 0 && process.env['npm_config_loglevel'] !== 'silent' && existsSync(frameManifest)) {
  process.stdout.write(`device frame bundle sha256 ${createHash('sha256').update(readFileSync(frameManifest)).digest('hex')}\n`)
}

async function buildPage(page) {
  const record = join(checkout, 'node_modules/.cache/symbolon', `${page.replaceAll('/', '-')}.txt`)
  const inputs = hashFolders([page, ...sharedInputs], [join(checkout, 'package-lock.json')])
  if (readRecord(record) === `${inputs} ${hashOutput(page)}`) return { name: page, ok: true, output: '' }
  const result = await run(page, 'node_modules/vite/bin/vite.js', ['build'], join(checkout, page))
  if (result.ok) {
    mkdirSync(dirname(record), { recursive: true })
    writeFileSync(record, `${inputs} ${hashOutput(page)}`)
  }
  return result
}

function run(name, program, args, cwd) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [join(checkout, program), ...args], { cwd, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk))
    child.on('error', (error) => resolve({ name, ok: false, output: String(error) }))
    child.on('close', (code) => resolve({ name, ok: code === 0, output }))
  })
}

function readRecord(file) {
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined
}

function hashFolders(folders, files) {
  const inside = folders.flatMap((folder) => listFiles(join(checkout, folder), (name) => name !== 'dist' && name !== 'node_modules'))
  return hashFiles([...inside.filter((file) => !file.endsWith('.test.ts')), ...files])
}

function hashOutput(page) {
  return hashFiles(listFiles(join(checkout, page, 'dist'), (name) => !name.startsWith('.')))
}

function hashFiles(files) {
  const hash = createHash('sha256').update(process.version)
  for (const file of files) {
    const content = readFileSync(file)
    hash.update(`${relative(checkout, file)}\n${content.length}\n`).update(content)
  }
  return hash.digest('hex')
}

function listFiles(folder, isWanted) {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => isWanted(name))
    .sort((left, right) => (left.name < right.name ? -1 : 1))
    .flatMap((entry) => (entry.isDirectory() ? listFiles(join(folder, entry.name), isWanted) : [join(folder, entry.name)]))
}

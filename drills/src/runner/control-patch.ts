import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { transformWithOxc } from 'vite'

const run = promisify(execFile)
const maximumOutputBytes = 10_000_000

export function patchFileOf(tree: string, name: string): string {
  return join(tree, 'drills', name, 'control.patch')
}

/** The files that a patch changes, as paths from the root of the repository. */
export function listPatchedFiles(patch: string): readonly string[] {
  return [...patch.matchAll(/^\+\+\+ b\/(\S+)/gmu)].flatMap(([, path]) => path ?? [])
}

/**
 * Takes the named defence out of a copy and builds again only what the patch touches: the patched TypeScript files by themselves,
 * and the pages if the patch is in web/.
 */
export async function applyControl(copy: string, patchFile: string): Promise<void> {
  if (!existsSync(patchFile)) throw new Error('there is no control.patch')
  const files = listPatchedFiles(readFileSync(patchFile, 'utf8'))
  if (files.length === 0) throw new Error('control.patch changes nothing')
  await applyPatch(copy, patchFile)
  for (const file of files) await rebuildFile(copy, file)
  for (const page of pagesOf(files)) await rebuildPage(copy, page)
}

// A patch that no longer applies is a control that nobody has looked at since the source changed.
async function applyPatch(copy: string, patchFile: string): Promise<void> {
  try {
    // The copy lies in no repository; the ceiling keeps git from looking for one above it.
    await run('git', ['apply', '--whitespace=nowarn', patchFile], {
      cwd: copy,
      env: { ...process.env, GIT_CEILING_DIRECTORIES: dirname(copy) },
    })
  } catch (error) {
    throw new Error(`control.patch no longer applies (${firstLine(error)})`, { cause: error })
  }
}

async function rebuildFile(copy: string, file: string): Promise<void> {
  const [, room, path] = /^(.+?)\/src\/(.+)\.ts$/u.exec(file) ?? []
  if (room === undefined || path === undefined || room.startsWith('web/')) return
  const { code } = await transformWithOxc(readFileSync(join(copy, file), 'utf8'), join(copy, file), {
    target: 'es2023',
    sourcemap: false,
    typescript: { rewriteImportExtensions: 'rewrite', onlyRemoveTypeImports: true },
  })
  const target = join(copy, room, 'dist', `${path}.js`)
  mkdirSync(dirname(target), { recursive: true })
  writeFileSync(target, code)
}

function pagesOf(files: readonly string[]): readonly string[] {
  const pages = ['web/chat', 'web/device-frame']
  if (files.some((file) => file.startsWith('web/elements/'))) return pages
  return pages.filter((page) => files.some((file) => file.startsWith(`${page}/`)))
}

async function rebuildPage(copy: string, page: string): Promise<void> {
  const vite = join(copy, 'node_modules/vite/bin/vite.js')
  await run(process.execPath, [vite, 'build', '--logLevel', 'error'], { cwd: join(copy, page), maxBuffer: maximumOutputBytes })
}

function firstLine(error: unknown): string {
  const text = typeof error === 'object' && error !== null && 'stderr' in error ? String(error.stderr) : String(error)
  return text.split('\n')[0]?.trim() ?? ''
}

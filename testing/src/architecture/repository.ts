import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { SourceFile } from './arrows.ts'

export const repositoryFolder = fileURLToPath(new URL('../../../', import.meta.url))
const skipped = new Set(['node_modules', 'dist', '.git', '.symbolon', 'artifacts', 'vectors', 'coverage'])

/** Every file of the repository whose name matches, with its text; paths use `/` and start at the repository's root. */
export function readRepository(pattern: RegExp): readonly SourceFile[] {
  return listFiles(repositoryFolder)
    .filter((path) => pattern.test(path))
    .map((path) => ({ path: relative(repositoryFolder, path), text: readFileSync(path, 'utf8') }))
}

function listFiles(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (entry.isDirectory()) return skipped.has(entry.name) ? [] : listFiles(join(folder, entry.name))
    return entry.isFile() ? [join(folder, entry.name)] : []
  })
}

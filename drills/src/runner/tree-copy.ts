import { cpSync, mkdtempSync, readdirSync, readlinkSync, rmSync, symlinkSync, mkdirSync, lstatSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A copy of a built tree that may be changed. `remove` takes it away. */
export type TreeCopy = { readonly root: string; remove(): void }

// What a build or a run leaves, and what is too large to copy: node_modules is linked instead.
const leftOut = new Set(['node_modules', '.git', '.symbolon', 'artifacts', 'coverage', 'results'])

/**
 * Copies sources and built files. Packages from the registry are links to those of the tree; the workspace's own packages resolve
 * inside the copy, because npm links them relatively.
 */
export function copyTree(tree: string): TreeCopy {
  const root = mkdtempSync(join(tmpdir(), 'symbolon-control-'))
  for (const entry of readdirSync(tree).filter((name) => !leftOut.has(name))) {
    cpSync(join(tree, entry), join(root, entry), {
      recursive: true,
      verbatimSymlinks: true,
      filter: (source) => !leftOut.has(source.slice(source.lastIndexOf('/') + 1)),
    })
  }
  linkModules(join(tree, 'node_modules'), join(root, 'node_modules'))
  return { root, remove: () => rmSync(root, { recursive: true, force: true }) }
}

function linkModules(from: string, to: string): void {
  mkdirSync(to)
  for (const name of readdirSync(from)) {
    if (name.startsWith('.') && name !== '.bin') continue
    if (name === '@symbolon') copyLinks(join(from, name), join(to, name))
    else symlinkSync(join(from, name), join(to, name))
  }
}

function copyLinks(from: string, to: string): void {
  mkdirSync(to)
  for (const name of readdirSync(from)) {
    if (lstatSync(join(from, name)).isSymbolicLink()) symlinkSync(readlinkSync(join(from, name)), join(to, name))
  }
}

import { createHash } from 'node:crypto'
import { chmodSync, chownSync, lstatSync, mkdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isReachableByOthers } from './programs.ts'

// sun_path holds 108 bytes with the ending zero (unix(7)); the longest name placed in such a folder is `.s.PGSQL.5432.lock`.
const longestFolderBytes = 107 - '/.s.PGSQL.5432.lock'.length

/** A private folder for sockets: inside `home` when its path is short enough, otherwise one of its own among the temporary ones. */
export function makeSocketFolder(home: string, name: string, owner: { readonly uid: number; readonly gid: number } | undefined): string {
  const folder = chooseSocketFolder(home, name, owner === undefined ? () => true : isReachableByOthers)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  if (owner !== undefined) chownSync(folder, owner.uid, owner.gid)
  chmodSync(folder, 0o700)
  // The name among the temporary folders can be guessed: what a stranger placed there is not used.
  const found = lstatSync(folder)
  const uid = owner?.uid ?? process.getuid?.() ?? found.uid
  if (!found.isDirectory() || found.uid !== uid) throw new Error('the folder for sockets belongs to somebody else')
  return folder
}

/** Decides where a socket folder lies; the same home always gives the same place, so that a later start finds what is left. */
export function chooseSocketFolder(home: string, name: string, isReachable: (path: string) => boolean): string {
  const inside = join(home, name)
  if (Buffer.byteLength(inside) <= longestFolderBytes && isReachable(home)) return inside
  const short = `symbolon-${createHash('sha256').update(`${home}\n${name}`).digest('hex').slice(0, 16)}`
  const temporary = join(tmpdir(), short)
  return Buffer.byteLength(temporary) <= longestFolderBytes && isReachable(tmpdir()) ? temporary : join('/tmp', short)
}

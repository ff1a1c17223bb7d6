import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Drill } from '../drill.ts'

/** The registry is the tree: every folder of `drills/src` with a `drill.ts` is a drill, built to `drills/dist`. */
export function listDrillNames(tree: string): readonly string[] {
  const folder = join(tree, 'drills/dist')
  return readdirSync(folder)
    .filter((name) => existsSync(join(folder, name, 'drill.js')))
    .sort()
}

/** Loads a drill from a tree, which may be the copy that a control runs in. */
export async function loadDrill(tree: string, name: string): Promise<Drill> {
  const loaded: unknown = await import(pathToFileURL(join(tree, 'drills/dist', name, 'drill.js')).href)
  const drill: unknown = typeof loaded === 'object' && loaded !== null && 'drill' in loaded ? loaded.drill : undefined
  if (!isDrill(drill) || drill.name !== name) throw new Error('the module exports no drill of its folder’s name')
  return drill
}

function isDrill(value: unknown): value is Drill {
  if (typeof value !== 'object' || value === null) return false
  const texts = ['name', 'attackerHolds', 'claim'].every((key) => typeof Reflect.get(value, key) === 'string')
  return texts && typeof Reflect.get(value, 'run') === 'function'
}

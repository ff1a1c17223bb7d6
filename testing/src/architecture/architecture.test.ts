import { describe, expect, test } from 'vitest'
import { findArrowViolations, listImports, roomOf } from './arrows.ts'
import { readRepository } from './repository.ts'
import { rooms } from './rooms.ts'

type Manifest = { name: string; dependencies?: Record<string, string>; devDependencies?: Record<string, string> }

// The planted violations are text in a test, not imports.
const sources = readRepository(/\/src\/.*\.tsx?$/u).filter(({ path }) => !path.endsWith('/planted.test.ts'))

describe('the tree is the threat model', () => {
  test('every import line follows the map', () => {
    expect(sources.length).toBeGreaterThan(50)
    expect(findArrowViolations(sources)).toEqual([])
  })

  test('every manifest lists only rooms that its room may import, and lists what it imports', () => {
    const faults = readRepository(/(^|\/)package\.json$/u)
      .filter(({ path }) => path !== 'package.json')
      .flatMap(({ path, text }) => {
        const room = roomOf(path)
        if (room === undefined) return [`${path}: not on the map`]
        const manifest = JSON.parse(text) as Manifest
        const shipped = Object.keys(manifest.dependencies ?? {})
        // What only tests import may be declared for development alone.
        const declared = [...shipped, ...Object.keys(manifest.devDependencies ?? {})]
        const forbidden = declared.filter(
          (name) => name.startsWith('@symbolon/') && !room.mayImport.includes('*') && !room.mayImport.includes(name.slice(10)),
        )
        const used = sources
          .filter((file) => file.path.startsWith(`${room.folder}/`))
          .flatMap(({ path: importer, text: source }) =>
            listImports(source)
              .flatMap((specifier) => packageOf(specifier))
              .filter((name) => !(/\.(test|fake)\.tsx?$/u.test(importer) ? declared : shipped).includes(name)),
          )
        const undeclared = [...new Set(used)].filter((name) => name !== manifest.name)
        return [
          ...forbidden.map((name) => `${path}: may not depend on ${name}`),
          ...undeclared.map((name) => `${path}: imports ${name} without declaring it`),
        ]
      })
    expect(faults).toEqual([])
  })

  test('every room on the map exists and has a README of at most 30 lines', () => {
    const readmes = readRepository(/(^|\/)README\.md$/u)
    const faults = rooms.flatMap(({ folder }) => {
      const readme = readmes.find(({ path }) => path === `${folder}/README.md`)
      if (readme === undefined) return [`${folder}: no README`]
      return readme.text.trimEnd().split('\n').length > 30 ? [`${folder}: README longer than 30 lines`] : []
    })
    expect(faults).toEqual([])
  })

  test('no folder is called utils, helpers, common, misc, lib or manager', () => {
    const vague = sources.filter(({ path }) =>
      path
        .split('/')
        .slice(0, -1)
        .some((part) => /^(utils?|helpers?|common|misc|lib|managers?)$/u.test(part)),
    )
    expect(vague.map(({ path }) => path)).toEqual([])
  })

  test('main.ts is wiring: at most 200 lines', () => {
    const long = sources.filter(({ path, text }) => path.endsWith('/main.ts') && text.split('\n').length > 200)
    expect(long.map(({ path }) => path)).toEqual([])
  })
})

const provided = new Set(['vitest', 'vite', 'fast-check'])
function packageOf(specifier: string): readonly string[] {
  if (specifier.startsWith('.') || specifier.startsWith('node:') || specifier.startsWith('virtual:')) return []
  const name = specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
  return provided.has(name) ? [] : [name]
}

import { custodyDoorByRoom, rooms, type Room } from './rooms.ts'

export type SourceFile = { readonly path: string; readonly text: string }
export type Violation = { readonly path: string; readonly reason: string }

const importPattern = /(?:^|\s|;)(?:import|export)\b[^'";]*?\bfrom\s*['"]([^'"]+)['"]|(?:^|[\s;(])import\s*\(?\s*['"]([^'"]+)['"]/gmu

/**
 * Reads every import line, not only manifests: npm hoists, so an undeclared import of another room compiles, lints and runs.
 * Test files may reach for what their room may reach for, no more.
 */
export function findArrowViolations(files: readonly SourceFile[]): readonly Violation[] {
  return files.flatMap((file) => {
    const room = roomOf(file.path)
    if (room === undefined) return [{ path: file.path, reason: 'the room is not on the map' }]
    return listImports(file.text).flatMap((specifier) => judgeImport(room, file.path, specifier))
  })
}

function judgeImport(room: Room, path: string, specifier: string): readonly Violation[] {
  if (specifier.startsWith('.')) return judgeRelative(room, path, specifier)
  const [, name, rest] = /^@symbolon\/([a-z-]+)(\/.*)?$/u.exec(specifier) ?? []
  if (name === undefined || name === room.name) return []
  if (!room.mayImport.includes('*') && !room.mayImport.includes(name)) return [{ path, reason: `${room.name} may not import ${name}` }]
  const doors = custodyDoorByRoom[room.name]
  if (name === 'custody' && doors !== undefined && !doors.includes(`.${rest ?? ''}`)) {
    return [{ path, reason: `${room.name} may not use the custody door ${rest ?? '.'}` }]
  }
  return []
}

// A relative path that leaves its own room would be an import of another room without a name.
function judgeRelative(room: Room, path: string, specifier: string): readonly Violation[] {
  const parts = path.split('/').slice(0, -1)
  for (const step of specifier.split('/')) {
    if (step === '..') parts.pop()
    else if (step !== '.') parts.push(step)
  }
  return parts.join('/').startsWith(`${room.folder}/`) ? [] : [{ path, reason: `${room.name} leaves its room by a relative path` }]
}

export function listImports(text: string): readonly string[] {
  return [...text.matchAll(importPattern)].flatMap((match) => match[1] ?? match[2] ?? [])
}

export function roomOf(path: string): Room | undefined {
  return rooms.find((room) => path.startsWith(`${room.folder}/`))
}

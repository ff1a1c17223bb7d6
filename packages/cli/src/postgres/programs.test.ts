import { expect, test } from 'vitest'
import { parseServerUser } from './programs.ts'
import { chooseSocketFolder } from './socket-folder.ts'

test.each([
  ['a system that names nobody', 'root:x:0:0:root:/root:/bin/sh\nnobody:x:99:98:Nobody:/:/sbin/nologin\n', { uid: 99, gid: 98 }],
  ['a system without it', 'root:x:0:0:root:/root:/bin/sh\n', { uid: 65_534, gid: 65_534 }],
  ['nobody as root is refused', 'nobody:x:0:0::/:\n', { uid: 65_534, gid: 65_534 }],
  ['a damaged line', 'nobody\n', { uid: 65_534, gid: 65_534 }],
])('%s', (_name, passwd, expected) => {
  expect(parseServerUser(passwd)).toEqual(expected)
})

test('sockets lie inside the home while the path is short and reachable', () => {
  expect(chooseSocketFolder('/var/lib/symbolon/12345678', 's', () => true)).toBe('/var/lib/symbolon/12345678/s')
})

test.each([
  ['a deep home', `/${'deep/'.repeat(30)}`, () => true],
  ['a home that the server’s user cannot reach', '/root/state', (path: string) => !path.startsWith('/root')],
])('%s has its sockets in a short folder of its own', (_name, home, isReachable) => {
  const folder = chooseSocketFolder(home, 's', isReachable)
  expect(`${folder}/.s.PGSQL.5432.lock`.length).toBeLessThanOrEqual(107)
  expect(folder).not.toContain(home)
  expect(chooseSocketFolder(home, 's', isReachable)).toBe(folder)
  expect(chooseSocketFolder(home, 't', isReachable)).not.toBe(folder)
})

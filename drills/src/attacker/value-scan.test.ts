import { randomBytes } from 'node:crypto'
import { expect, it } from 'vitest'
import { readingsOf, scanFor } from './value-scan.ts'

const value = new Uint8Array(randomBytes(32))
const buffer = Buffer.from(value)
const around = (text: string): Buffer => Buffer.concat([randomBytes(101), Buffer.from(`"x":"${text}"`), randomBytes(57)])

it.each<readonly [string, Buffer]>([
  ['raw', Buffer.concat([randomBytes(33), buffer, randomBytes(5)])],
  ['hexadecimal', around(buffer.toString('hex'))],
  ['capital hexadecimal', around(buffer.toString('hex').toUpperCase())],
  ['base64url', around(buffer.toString('base64url'))],
  ['base64', around(buffer.toString('base64'))],
  ['base64 of more than the value', around(Buffer.concat([randomBytes(7), buffer, randomBytes(9)]).toString('base64'))],
  ['two-byte text', Buffer.from(`share=${buffer.toString('hex')}`, 'utf16le')],
])('finds a value that lies there as %s, and says whose it is', (_name, bytes) => {
  const other = { owner: 'other', value: new Uint8Array(randomBytes(32)) }
  expect([...scanFor(readingsOf(new Uint8Array(bytes)), [other, { owner: 'its owner', value }])]).toEqual(['its owner'])
})

it('finds nothing that is not whole', () => {
  const bytes = new Uint8Array(Buffer.concat([buffer.subarray(0, 31), randomBytes(40).fill(0x21)]))
  expect(scanFor(readingsOf(bytes), [{ owner: 'its owner', value }]).size).toBe(0)
})

import { expect, test } from 'vitest'
import { decideOrigins, decidePorts, listPorts } from './ports.ts'

test('without a wish the doors are the documented ones', () => {
  expect(decidePorts({})).toEqual({
    edge: 8400,
    deviceOrigin: 8401,
    mall: 8402,
    frontHttp: { a: 8411, b: 8412, c: 8413 },
    frontLink: { a: 8421, b: 8422, c: 8423 },
    hostHttp: { a: 8431, b: 8432, c: 8433 },
    hostLink: { a: 8441, b: 8442, c: 8443 },
  })
})

test('a port base shifts every door, and no two doors share one', () => {
  const shifted = listPorts(decidePorts({ SYMBOLON_PORT_BASE: '9400' })).map(({ port }) => port)
  expect(shifted).toEqual(listPorts(decidePorts({})).map(({ port }) => port + 1000))
  expect(new Set(shifted).size).toBe(shifted.length)
})

test.each(['nonsense', '80', '65500', '8400.5', '-1'])('%s is no port base', (text) => {
  expect(() => decidePorts({ SYMBOLON_PORT_BASE: text })).toThrow('SYMBOLON_PORT_BASE')
})

test('the device frame is on another site than the page that embeds it', () => {
  const { edge, device } = decideOrigins(decidePorts({}))
  expect(new URL(device).hostname).not.toBe(new URL(edge).hostname)
})

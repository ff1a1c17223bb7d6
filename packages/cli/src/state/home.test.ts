import { expect, test } from 'vitest'
import { decideHome, findCheckout } from './home.ts'

const open = (): boolean => true
const closed = (): boolean => false

test('root gets a system data folder named by the checkout', () => {
  const first = decideHome({ environment: {}, isRoot: true, checkout: '/root/symbolon', isReachable: open })
  const second = decideHome({ environment: {}, isRoot: true, checkout: '/srv/symbolon', isReachable: open })
  expect(first.folder).toMatch(/^\/var\/lib\/symbolon\/[0-9a-f]{8}$/u)
  expect(second.folder).not.toBe(first.folder)
})

test('an ordinary user keeps the state in the checkout', () => {
  const home = decideHome({ environment: { SYMBOLON_HOME: '' }, isRoot: false, checkout: '/home/ann/symbolon', isReachable: closed })
  expect(home.folder).toBe('/home/ann/symbolon/.symbolon')
  expect(home.postgresFolder).toBe('/home/ann/symbolon/.symbolon/postgres')
})

test('a state folder that PostgreSQL’s user cannot reach keeps the data elsewhere, the same place each time', () => {
  const facts = { environment: { SYMBOLON_HOME: '/root/state' }, isRoot: true, checkout: '/srv/symbolon', isReachable: closed }
  expect(decideHome(facts).folder).toBe('/root/state')
  expect(decideHome(facts).postgresFolder).toMatch(/^\/var\/lib\/symbolon\/[0-9a-f]{8}\/postgres$/u)
  expect(decideHome(facts)).toEqual(decideHome(facts))
})

test('the checkout is found from the sources', () => {
  expect(import.meta.dirname.startsWith(findCheckout())).toBe(true)
})

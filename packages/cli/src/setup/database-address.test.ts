import { expect, test } from 'vitest'
import { parseDatabaseUrl } from './database-address.ts'

test.each([
  ['postgres://ann:p%40ss@db.example:6000/main', { host: 'db.example', port: 6000, database: 'main', user: 'ann', password: 'p@ss' }],
  ['postgresql://ann@localhost', { host: 'localhost', port: 5432, database: 'ann', user: 'ann', password: '' }],
  ['postgres://ann@[::1]:6000/main', { host: '::1', port: 6000, database: 'main', user: 'ann', password: '' }],
  [
    'postgres://ann:x@localhost/main?host=/run/postgresql',
    { host: '/run/postgresql', port: 5432, database: 'main', user: 'ann', password: 'x' },
  ],
])('reads %s', (text, expected) => {
  expect(parseDatabaseUrl('DATABASE_URL', text)).toEqual(expected)
})

test.each(['', 'mysql://a@b/c', 'nonsense', 'postgres://localhost/main', 'postgres://a:secret@b/c?sslmode=require'])(
  'refuses %j without repeating it',
  (text) => {
    expect(() => parseDatabaseUrl('DATABASE_URL', text)).toThrow(/^DATABASE_URL (?!.*secret)/u)
  },
)

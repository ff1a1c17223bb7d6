import { describe, expect, test } from 'vitest'
import { deriveBundleHash, parseBundleManifest, writeBundleManifest } from './frame-bundle.ts'

const hash = 'ab'.repeat(32)
const other = 'cd'.repeat(32)

describe('the manifest of a bundle', () => {
  test('is sorted by path, byte by byte, and read back', () => {
    const text = writeBundleManifest([
      { path: 'index.html', hash },
      { path: 'assets/b.js', hash: other },
      { path: 'Z.txt', hash },
    ])
    expect(text).toBe(`${hash}  Z.txt\n${other}  assets/b.js\n${hash}  index.html\n`)
    expect(parseBundleManifest(text)?.map(({ path }) => path)).toEqual(['Z.txt', 'assets/b.js', 'index.html'])
  })

  test('is named by the SHA-256 of its text', () =>
    expect(deriveBundleHash('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'))

  test.each([
    ['empty', ''],
    ['without an end of line', `${hash}  a`],
    ['with one space', `${hash} a\n`],
    ['with a short hash', `${hash.slice(1)}  a\n`],
    ['with a hash in capitals', `${hash.toUpperCase()}  a\n`],
    ['with a path that climbs', `${hash}  ../a\n`],
    ['with a path that climbs inside', `${hash}  a/../b\n`],
    ['with a hidden file', `${hash}  .a\n`],
    ['with an absolute path', `${hash}  /a\n`],
    ['with a path twice', `${hash}  a\n${hash}  a\n`],
    ['out of order', `${hash}  b\n${hash}  a\n`],
    ['with an empty line', `${hash}  a\n\n`],
    ['with a carriage return', `${hash}  a\r\n`],
    ['with a space in a path', `${hash}  a b\n`],
  ])('is refused when it is %s', (_, text) => expect(parseBundleManifest(text)).toBeUndefined())
})

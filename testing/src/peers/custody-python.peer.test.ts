import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { isPeerReady } from './peer-tools.ts'

const program = fileURLToPath(new URL('./custody/verify.py', import.meta.url))
const vectors = fileURLToPath(new URL('../../vectors/custody', import.meta.url))
const copy = mkdtempSync(join(tmpdir(), 'symbolon-custody-vectors-'))
afterAll(() => rmSync(copy, { recursive: true }))

function findProblem(): string | undefined {
  const found = spawnSync('python3', ['-c', 'import cryptography'], { encoding: 'utf8' })
  if (found.error !== undefined) return 'python3 is not installed'
  return found.status === 0 ? undefined : 'the Python package cryptography is not installed (pip install cryptography)'
}
function verify(folder: string): { readonly status: number | null; readonly said: string } {
  const { status, stdout, stderr } = spawnSync('python3', [program, folder], { encoding: 'utf8', timeout: 120_000 })
  return { status, said: stdout + stderr }
}

describe.runIf(isPeerReady('custody vectors in Python', findProblem()))('custody vectors, computed again in Python', () => {
  it('every value agrees: frames, FROST, HPKE, epoch secrets, PIN, records, statements', () => {
    const { status, said } = verify(vectors)
    process.stdout.write(said)
    expect(status, said).toBe(0)
    expect(Number(/^(\d+) values agree$/mu.exec(said)?.[1])).toBeGreaterThan(100)
  })
  it('one changed digit anywhere is noticed', () => {
    const text = readFileSync(join(vectors, 'exchange.json'), 'utf8')
    for (const name of ['walletKey', 'signatureShare', 'sealedDone', 'delta', 'maskedShare', 'movedVaultHalf', 'closing']) {
      cpSync(vectors, copy, { recursive: true })
      const changed = text.replace(
        new RegExp(`("${name}": ".{20})(.)`, 'u'),
        (_, head: string, digit: string) => head + (digit === '0' ? '1' : '0'),
      )
      expect(changed).not.toBe(text)
      writeFileSync(join(copy, 'exchange.json'), changed)
      expect(verify(copy).status, name).not.toBe(0)
    }
  })
})

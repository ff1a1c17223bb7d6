import { concatBytes } from '@symbolon/formats/bytes'
import { describe, expect, it } from 'vitest'
import { createClosingStatement, verifyClosingStatement } from './closing.ts'
import { fill, now, signAsVault, vaultPublicKey, walletId } from './fixtures/wallet.ts'
import { frames } from './messages.ts'

const fields = { walletId, epochId: fill(3), now }
const statement = createClosingStatement(signAsVault, fields)
const expected = { vaultPublicKey, walletId }
const problem = (code: string) => ({ ok: false, problem: { code } })

describe('a closing statement', () => {
  it('is believed when the vault signed it for this wallet', () => {
    expect(verifyClosingStatement(statement, expected)).toEqual({ ok: true, value: fields })
  })
  it('is not believed when a byte changed, it was cut, or another key signed', () => {
    const invalid = problem('CUSTODY_SIGNATURE_INVALID')
    for (const at of [0, 30, statement.length - 1]) {
      expect(verifyClosingStatement(statement.with(at, (statement[at] ?? 0) ^ 1), expected)).toEqual(invalid)
    }
    expect(verifyClosingStatement(statement.subarray(0, 63), expected)).toEqual(invalid)
    expect(verifyClosingStatement(new Uint8Array(), expected)).toEqual(invalid)
    expect(verifyClosingStatement(statement, { ...expected, vaultPublicKey: fill(1, 32) })).toEqual(invalid)
  })
  it('is no statement for another wallet, and no other frame of the vault is one', () => {
    expect(verifyClosingStatement(statement, { ...expected, walletId: fill(9) })).toEqual(problem('CUSTODY_MISMATCH'))
    const other = frames.open.encode({ walletId, epochId: fill(3), query: fill(4) })
    expect(verifyClosingStatement(concatBytes(other, signAsVault(other)), expected)).toEqual(problem('CUSTODY_FRAME_INVALID'))
  })
})

import { fail, ok } from '@symbolon/formats/result'
import { problem, type FrozenReason } from '@symbolon/contracts/problems'
import { describe, expect, test } from 'vitest'
import { createMemoryStores } from '../adapters/memory-stores.ts'
import { token } from '../testing/samples.ts'
import { createTestLink } from '../testing/test-link.ts'
import { freezeIfFrozen, freezeTokens, tellIssuers, type FreezeDependencies } from './freeze-tokens.ts'

async function start() {
  const { tokens } = createMemoryStores()
  const link = createTestLink()
  await tokens.register(token(), 1)
  const running: Promise<unknown>[] = []
  const deps: FreezeDependencies = { tokens, link, inBackground: (work) => void running.push(work.catch(() => undefined)) }
  return { deps, tokens, link, settle: () => Promise.all(running) }
}
const { walletId, tokenReferenceId, issuerId } = token()

describe('a wallet that the vault calls frozen', () => {
  test.each<[FrozenReason | undefined, FrozenReason]>([
    ['alarm', 'alarm'],
    ['stop-code', 'stop-code'],
    [undefined, 'stayed-away'],
  ])('with the reason %s is suspended at its issuer as %s', async (frozenReason, cause) => {
    const { deps, tokens, link, settle } = await start()
    const refusal = fail(problem('CUSTODY_FROZEN', frozenReason === undefined ? {} : { frozenReason }))
    expect(await freezeIfFrozen(deps, walletId, refusal)).toEqual(refusal)
    await settle()
    expect((await tokens.find(token()))?.state).toBe('suspended')
    expect(link.suspensions).toEqual([{ walletId, tokenReferenceId, issuerId, cause }])
  })

  test.each([ok('a slot'), fail(problem('CUSTODY_WALLET_UNKNOWN')), fail(problem('CUSTODY_LOCKED'))])(
    'is not every wallet: %j changes nothing',
    async (answer) => {
      const { deps, tokens, link, settle } = await start()
      expect(await freezeIfFrozen(deps, walletId, answer)).toEqual(answer)
      await settle()
      expect([(await tokens.find(token()))?.state, link.suspensions]).toEqual(['active', []])
    },
  )

  test('is told once, however often it is met, and again only what the link did not take', async () => {
    const { deps, link, settle } = await start()
    link.failSuspensions(1)
    await freezeTokens(deps, walletId, 'alarm')
    await settle()
    expect(link.suspensions).toEqual([])
    await freezeTokens(deps, walletId, 'stayed-away')
    await settle()
    expect(link.suspensions).toEqual([{ walletId, tokenReferenceId, issuerId, cause: 'alarm' }])
    expect(await tellIssuers(deps)).toBe(0)
  })
})

import { describe, expect, it } from 'vitest'
import type { TokenState } from '../rules/token.ts'
import { changeTokenState } from './change-token-state.ts'

const check = async (from: TokenState | undefined, to: TokenState, isUndisturbed = true): Promise<string> => {
  const changes: string[] = []
  const result = await changeTokenState(
    {
      findState: async () => from,
      changeState: async (_id, before, after) => changes.push(`${before}>${after}`) > 0 && isUndisturbed,
    },
    new Uint8Array(16),
    to,
  )
  return [result.ok ? result.value.state : result.problem.code, ...changes].join(' ')
}

describe('the state of a token', () => {
  it('changes as its life allows', async () => {
    expect(await check('active', 'suspended')).toBe('suspended active>suspended')
    expect(await check('suspended', 'active')).toBe('active suspended>active')
    expect(await check('suspended', 'deleted')).toBe('deleted suspended>deleted')
  })

  it('stays without a change', async () => expect(await check('active', 'active')).toBe('active'))

  it('is refused for what is deleted, unknown, or changed meanwhile', async () => {
    expect(await check('deleted', 'active')).toBe('TOKEN_NOT_ACTIVE')
    expect(await check(undefined, 'active')).toBe('REQUEST_NOT_FOUND')
    expect(await check('active', 'suspended', false)).toBe('TOKEN_NOT_ACTIVE active>suspended')
  })
})

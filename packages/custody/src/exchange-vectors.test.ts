import { expect, it } from 'vitest'
import { createExchangeVector } from './fixtures/exchange-vector.ts'

it('the exchange vector is what the code computes; after a change of the protocol: vitest -u', async () => {
  const json = `${JSON.stringify(await createExchangeVector(), null, 1)}\n`
  await expect(json).toMatchFileSnapshot('../../../testing/vectors/custody/exchange.json')
})

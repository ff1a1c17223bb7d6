import { describe, test } from 'vitest'
import { storeContract } from '../store-contract.ts'
import { createMemoryStores } from './memory-stores.ts'

describe('the stores in memory', () => {
  test.each(storeContract)('$name', (each) => each.run(createMemoryStores()))
})

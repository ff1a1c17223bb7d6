import { describe, test } from 'vitest'
import { createMemorySuspensionStore } from './memory-suspension-store.ts'
import { suspensionStoreContract } from './suspension-store-contract.ts'

describe('the suspension store in memory', () => {
  test.each(suspensionStoreContract)('$name', ({ check }) => check(createMemorySuspensionStore()))
})

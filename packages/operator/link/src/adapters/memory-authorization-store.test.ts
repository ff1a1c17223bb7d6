import { describe, it } from 'vitest'
import { authorizationStoreContract } from './authorization-store-contract.ts'
import { createMemoryAuthorizationStore } from './memory-authorization-store.ts'

describe('the authorization store in memory', () => {
  it.each(authorizationStoreContract)('$name', ({ check }) => check(createMemoryAuthorizationStore()))
})

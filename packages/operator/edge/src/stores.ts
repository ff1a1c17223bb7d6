export { createPostgresStores } from './adapters/postgres-stores.ts'
export type { Stores } from './flows/stores.ts'

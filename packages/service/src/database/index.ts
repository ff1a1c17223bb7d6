export { createDatabase, type Database, type Queries, type DatabaseConfig, databaseConfigSchema } from './pool.ts'
export { migrate, type Migration, loadMigrations } from './migrate.ts'

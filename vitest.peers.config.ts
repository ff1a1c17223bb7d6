import { defineConfig } from 'vitest/config'

const conditions = ['symbolon-source', 'module', 'node', 'development|production']

/** Other people's programs read what we write. A missing tool is said loudly; with PEERS=required it is a failure. */
export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: { name: 'peers', include: ['testing/src/peers/**/*.peer.test.ts'], testTimeout: 300_000, hookTimeout: 300_000, maxWorkers: 1 },
})

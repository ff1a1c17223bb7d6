import { defineConfig } from 'vitest/config'

const conditions = ['symbolon-source', 'module', 'node', 'development|production']

/** `unit` needs neither a build nor a database; `system` runs the built processes, so `npm test` builds first. */
export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: [
            '{packages/*,packages/operator/*,web/*,drills,bench}/src/**/*.test.ts',
            'testing/src/{architecture,model}/**/*.test.ts',
          ],
          testTimeout: 20_000,
          // Both cores: the default keeps one free.
          maxWorkers: 2,
          // No test changes what a module holds, so files share a worker and load each module once.
          isolate: false,
        },
      },
      {
        extends: true,
        test: {
          name: 'system',
          include: ['testing/src/**/*.test.ts'],
          exclude: ['testing/src/{architecture,model}/**', 'testing/src/peers/**'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          // Each file may start a whole installation of a dozen processes: one at a time is what two cores carry without waits running out.
          maxWorkers: 1,
          // Projects with different worker counts run one after the other: unit first.
          sequence: { groupOrder: 1 },
          // Browsers, databases and a dozen processes share two cores: a wait that ran out under load is tried once more, and is said.
          retry: 1,
        },
      },
    ],
  },
})

import type { UserConfig } from 'vite'

/** The build of every page: sources of the workspace, nothing inlined, names from content alone, so that it can be reproduced. */
export const pageBuild: UserConfig = {
  base: '/',
  clearScreen: false,
  logLevel: 'warn',
  resolve: { conditions: ['symbolon-source', 'module', 'browser', 'production'] },
  worker: { format: 'es' },
  build: {
    target: 'es2023',
    outDir: 'dist',
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
}

#!/usr/bin/env node
// Committed and plain, so that npm can link it before anything is built.
import { existsSync } from 'node:fs'

const main = new URL('../dist/main.js', import.meta.url)
if (existsSync(main)) await import(main.href)
else {
  process.stderr.write('Symbolon is not built yet. Run `npm run build`, or `npm start`, which builds first.\n')
  process.exitCode = 3
}

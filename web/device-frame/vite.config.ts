import { defineConfig } from 'vite'
import { sealedBundle } from '../elements/src/sealed-bundle.ts'
import { pageBuild } from '../elements/src/vite.ts'

export default defineConfig({ ...pageBuild, plugins: [sealedBundle()] })

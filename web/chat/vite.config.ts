import { defineConfig } from 'vite'
import { pageBuild } from '../elements/src/vite.ts'

export default defineConfig(pageBuild)

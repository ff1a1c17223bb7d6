import '@symbolon/web-elements/style.css'
import './style.css'
import { createChatPage, findChatWindow } from './chat-page.ts'
import { fetchDirectory } from './directory.ts'
import { serveWithoutStorage } from './own-window.ts'
import { hasStorage } from './storage-access.ts'

const [directory, mayStore] = await Promise.all([fetchDirectory(), hasStorage()])
const root = document.getElementById('screen')
if (root === null) throw new Error('the page has no screen')

const page = createChatPage(window, findChatWindow(window), directory.operator.origin)
new ResizeObserver(() => page.tell({ kind: 'symbolon/resize', heightPixels: Math.min(4_000, Math.ceil(root.scrollHeight)) })).observe(root)
if (mayStore) {
  const { serveWallet } = await import('./serve-wallet.ts')
  serveWallet({ directory, root, page })
} else serveWithoutStorage(root, page)

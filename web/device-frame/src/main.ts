import '@symbolon/web-elements/style.css'
import './style.css'
import { createWalletSdk } from '@symbolon/device'
import {
  createFetchTransport,
  createBrowserDeviceKey,
  createOpfsStorage,
  createRandomBytes,
  createSystemClock,
} from '@symbolon/device/browser'
import { createApprovalPages } from './approval-pages.ts'
import { createChatPage } from './chat-page.ts'
import { fetchDirectory, reloadDirectory } from './directory.ts'
import { createSessions } from './sessions.ts'

const directory = await fetchDirectory()
const root = document.getElementById('screen')
if (root === null) throw new Error('the page has no screen')

const page = createChatPage(window, directory.operator.origin)
const clock = createSystemClock()
// One wallet for the life of the page; it holds its storage only during a session. A wallet that fails its self-test never opens.
const wallet = createWalletSdk({
  directory,
  loadDirectory: reloadDirectory,
  storage: createOpfsStorage(() => new Worker(new URL('./storage-worker.ts', import.meta.url), { type: 'module' })),
  deviceKey: createBrowserDeviceKey(),
  transport: createFetchTransport({ timeoutMs: 10_000 }),
  clock,
  randomBytes: createRandomBytes(),
})
const issuerOrigins = directory.issuers.map((issuer) => issuer.origin)
const sessions = createSessions({
  root,
  directory,
  page,
  approvals: createApprovalPages(() => localStorage, issuerOrigins),
  openWallet: () => wallet,
  nowSeconds: () => clock.nowSeconds(),
})

page.listen((command) => sessions.run(command))
// A dialog is left with Escape; the key reaches only the document that has the focus.
document.addEventListener('keydown', (event) => {
  if (event.key === 'Escape') sessions.leave()
})
new ResizeObserver(() => page.tell({ kind: 'symbolon/resize', heightPixels: Math.min(4_000, Math.ceil(root.scrollHeight)) })).observe(root)
page.tell({ kind: 'symbolon/ready' })
sessions.report()

import type { Directory } from '@symbolon/contracts/directory'
import { createWalletSdk } from '@symbolon/device'
import {
  createBrowserDeviceKey,
  createFetchTransport,
  createOpfsStorage,
  createRandomBytes,
  createSystemClock,
} from '@symbolon/device/browser'
import { createApprovalPages } from './approval-pages.ts'
import type { ChatPage } from './chat-page.ts'
import { reloadDirectory } from './directory.ts'
import { createSessions } from './sessions.ts'

export type Served = { readonly directory: Directory; readonly root: HTMLElement; readonly page: ChatPage }

/** Runs the wallet of this page, in a frame or in a window of its own. */
export function serveWallet({ directory, root, page }: Served): void {
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
    page: closingWithSession(page),
    approvals: createApprovalPages(() => localStorage, issuerOrigins),
    openWallet: () => wallet,
    nowSeconds: () => clock.nowSeconds(),
  })
  page.listen((command) => sessions.run(command))
  // A dialog is left with Escape; the key reaches only the document that has the focus.
  document.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') sessions.leave()
  })
  page.tell({ kind: 'symbolon/ready' })
  sessions.report()
}

/** A window that was opened for one session has nothing to show after it; a frame stays where it is. */
function closingWithSession(page: ChatPage): ChatPage {
  const isOwnWindow = window.parent === window && window.opener !== null
  if (!isOwnWindow) return page
  return {
    ...page,
    tell: (event) => {
      page.tell(event)
      if (event.kind === 'symbolon/wallet' && hasClosed) window.close()
      hasClosed ||= event.kind === 'symbolon/closed'
    },
  }
}
// The page hears the end first, then how the wallet stands now; only then may the window go.
let hasClosed = false

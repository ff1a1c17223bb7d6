import type { FastifyInstance } from 'fastify'
import { registerStaticSite } from '@symbolon/service/static-site'

export type ChatPageOptions = {
  readonly webRoot: string
  readonly deviceOrigin: string
  /** The bundle of the frame that this operator was deployed with; the page embeds no other. */
  readonly deviceFrameHash?: string
  readonly mallOrigin?: string
}

/** The operator's chat page. It embeds the device frame and nothing else, and talks to its own origin and, to compare the frame's files, to the frame's. */
export function registerChatPage(app: FastifyInstance, options: ChatPageOptions): { readonly bundleHash: string } {
  const { webRoot, ...shown } = options
  const { deviceOrigin } = options
  const config = JSON.stringify(shown).replaceAll('<', '\\u003c')
  return registerStaticSite(app, {
    directory: webRoot,
    headers: {
      'content-security-policy': [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "font-src 'self'",
        "img-src 'self'",
        "manifest-src 'self'",
        `connect-src 'self' ${deviceOrigin}`,
        `frame-src ${deviceOrigin}`,
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
      ].join('; '),
      'permissions-policy': 'camera=(), microphone=(), geolocation=(), usb=()',
      'referrer-policy': 'no-referrer',
      // A frame that gets no storage opens the wallet in a window of its own, which then speaks with this page.
      'cross-origin-opener-policy': 'same-origin-allow-popups',
    },
    replace: { '<!--symbolon:config-->': `<script type="application/json" id="symbolon-config">${config}</script>` },
  })
}

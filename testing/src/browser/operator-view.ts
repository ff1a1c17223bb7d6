import type { BrowserContext } from 'playwright-core'

/** Everything that the operator's page could have recorded, and what left the browser for anybody. */
export type OperatorView = {
  /** Keys joined as they were pressed, then messages and changed texts of the document. */
  texts(): readonly string[]
  /** Requests to the operator's own origin. */
  operatorRequests(): readonly string[]
  /** Requests to every origin, with their bodies as they left. */
  requests(): readonly string[]
}

/**
 * Turns the operator's page into a spy: from its first moment it records every key, input, paste, message and every text or attribute
 * of its document, as a hostile operator would.
 */
export async function recordOperatorPage(context: BrowserContext, operatorOrigin: string): Promise<OperatorView> {
  const keys: string[] = []
  const texts: string[] = []
  const requests: { readonly url: string; readonly text: string }[] = []
  await context.exposeBinding('symbolonSpy', ({ frame }, kind: string, text: string) => {
    if (new URL(frame.url()).origin !== operatorOrigin) return
    if (kind === 'key') keys.push(text)
    else texts.push(text)
  })
  await context.addInitScript(spy, operatorOrigin)
  context.on('request', (request) => {
    requests.push({
      url: request.url(),
      text: `${request.method()} ${request.url()} ${request.postData() ?? ''} ${JSON.stringify(request.headers())}`,
    })
  })
  return {
    texts: () => [keys.join(''), ...texts],
    operatorRequests: () => requests.filter(({ url }) => url.startsWith(operatorOrigin)).map(({ text }) => text),
    requests: () => requests.map(({ text }) => text),
  }
}

// Runs in every document; it stays quiet in those of other origins.
function spy(operatorOrigin: string): void {
  if (location.origin !== operatorOrigin) return
  const report = (kind: string, text: string): void => {
    const binding: unknown = Reflect.get(window, 'symbolonSpy')
    if (typeof binding === 'function') void binding(kind, text)
  }
  for (const name of ['keydown', 'keyup', 'keypress'] as const)
    addEventListener(name, (event) => name === 'keydown' && report('key', event.key), { capture: true })
  for (const name of ['beforeinput', 'input', 'paste', 'copy', 'drop', 'compositionend'])
    addEventListener(
      name,
      (event) => {
        const clipboard = event instanceof ClipboardEvent ? (event.clipboardData?.getData('text') ?? '') : ''
        const typed = event instanceof InputEvent ? (event.data ?? '') : ''
        report('event', `${name} ${clipboard} ${typed}`)
      },
      { capture: true },
    )
  addEventListener('message', (event) => report('event', JSON.stringify(event.data)), { capture: true })
  addEventListener('DOMContentLoaded', () => {
    new MutationObserver(() => report('event', document.documentElement.outerHTML)).observe(document, {
      subtree: true,
      childList: true,
      attributes: true,
      characterData: true,
    })
  })
}

/** The ways in which a value may stand in a record: as it is, grouped, in hex, in base64 and percent-encoded. */
export function formsOf(value: string): readonly string[] {
  const bytes = Buffer.from(value)
  const grouped = value.replace(/(.{4})(?=.)/gu, '$1 ')
  return [
    ...new Set([
      value,
      grouped,
      grouped.replaceAll(' ', '-'),
      bytes.toString('hex'),
      bytes.toString('base64').replace(/[=]+$/u, ''),
      encodeURIComponent(grouped),
    ]),
  ]
}

/** The values that occur in a record in any form. */
export function findIn(record: readonly string[], values: readonly string[]): readonly string[] {
  return values.filter((value) => formsOf(value).some((form) => record.some((text) => text.includes(form))))
}

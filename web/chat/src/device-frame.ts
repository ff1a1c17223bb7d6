import { Value } from 'typebox/value'
import { FrameEvent, type FrameCommand } from '@symbolon/contracts/frame-messages'

export type DeviceFrame = {
  readonly element: HTMLIFrameElement
  send(command: FrameCommand): void
  /** Loads the frame, or loads it anew; before that it is an empty element. */
  load(): void
}
export type DeviceFrameOptions = {
  readonly origin: string
  readonly title: string
  readonly locale: string
  readonly onEvent: (event: FrameEvent) => void
}

/**
 * The wallet's own page, from its own origin: a frame or, where frames get no storage, a window that the frame opens. What is said to
 * it goes to that origin only; what it says is checked before it is heard.
 */
export function createDeviceFrame({ origin, title, locale, onEvent }: DeviceFrameOptions): DeviceFrame {
  const frame = document.createElement('iframe')
  frame.title = title
  frame.referrerPolicy = 'no-referrer'
  frame.allow = `publickey-credentials-create ${origin}; publickey-credentials-get ${origin}`
  let ownWindow: Window | undefined
  let lastCommand: FrameCommand | undefined
  const findPeer = (): Window | null => {
    if (ownWindow?.closed === true) ownWindow = undefined
    return ownWindow ?? frame.contentWindow
  }
  window.addEventListener('message', ({ origin: from, source, data }) => {
    if (from !== origin || !Value.Check(FrameEvent, data)) return
    // A window of another origin is no instance of anything that this page knows; a port or a worker is.
    const isWindow = source !== null && !(source instanceof MessagePort) && !(source instanceof ServiceWorker)
    if (isWindow && source !== frame.contentWindow && data.kind === 'symbolon/ready') {
      // The wallet's window has come up: it goes on with what the frame could not do.
      ownWindow = source
      if (lastCommand !== undefined) source.postMessage(lastCommand, origin)
    }
    if (source === frame.contentWindow || source === ownWindow) onEvent(data)
  })
  return {
    element: frame,
    send: (command) => {
      lastCommand = command.kind === 'symbolon/close' ? undefined : command
      findPeer()?.postMessage(command, origin)
    },
    load: () => {
      frame.src = `${origin}/?lang=${locale}`
    },
  }
}

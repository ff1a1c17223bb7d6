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

/** The wallet's own page, from its own origin. What is said to it goes to that origin only; what it says is checked before it is heard. */
export function createDeviceFrame({ origin, title, locale, onEvent }: DeviceFrameOptions): DeviceFrame {
  const frame = document.createElement('iframe')
  frame.title = title
  frame.referrerPolicy = 'no-referrer'
  frame.allow = `publickey-credentials-create ${origin}; publickey-credentials-get ${origin}`
  window.addEventListener('message', (message) => {
    if (message.origin !== origin || message.source !== frame.contentWindow) return
    if (Value.Check(FrameEvent, message.data)) onEvent(message.data)
  })
  return {
    element: frame,
    send: (command) => frame.contentWindow?.postMessage(command, origin),
    load: () => {
      frame.src = `${origin}/?lang=${locale}`
    },
  }
}

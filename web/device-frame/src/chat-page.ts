import { Value } from 'typebox/value'
import { FrameCommand, type FrameEvent } from '@symbolon/contracts/frame-messages'

/** The page that embeds this frame: it says what to do and learns only what the operator may know. */
export type ChatPage = { tell(event: FrameEvent): void; listen(onCommand: (command: FrameCommand) => void): void }

/**
 * Where the chat page is: around this frame or, when this is the wallet's own window, around the frame that opened it. A window that
 * nobody opened speaks with nobody.
 */
export function findChatWindow(own: Window): Window {
  const opener: unknown = own.opener
  const isOpened = own.parent === own && typeof opener === 'object' && opener !== null && 'parent' in opener
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- `parent` of a window is a window, also across origins
  return isOpened ? (opener.parent as Window) : own.parent
}

/** Speaks with one window of one origin. A message from anywhere else, or of another shape, is dropped without an answer. */
export function createChatPage(own: Window, chatWindow: Window, origin: string): ChatPage {
  return {
    tell: (event) => chatWindow.postMessage(event, origin),
    listen: (onCommand) =>
      own.addEventListener('message', (message) => {
        if (message.source !== chatWindow || message.origin !== origin) return
        if (Value.Check(FrameCommand, message.data)) onCommand(message.data)
      }),
  }
}

import { Value } from 'typebox/value'
import { FrameCommand, type FrameEvent } from '@symbolon/contracts/frame-messages'

/** The page that embeds this frame: it says what to do and learns only what the operator may know. */
export type ChatPage = { tell(event: FrameEvent): void; listen(onCommand: (command: FrameCommand) => void): void }

/** Speaks with the embedding window of one origin. A message from anywhere else, or of another shape, is dropped without an answer. */
export function createChatPage(own: Window, origin: string): ChatPage {
  return {
    tell: (event) => own.parent.postMessage(event, origin),
    listen: (onCommand) =>
      own.addEventListener('message', (message) => {
        if (message.source !== own.parent || message.origin !== origin) return
        if (Value.Check(FrameCommand, message.data)) onCommand(message.data)
      }),
  }
}

import { createHash } from 'node:crypto'
import { createAnswer, encodeMessage, type IsoMessage } from '@symbolon/formats/iso8583'
import { listenIso, type IsoServer } from '@symbolon/service/iso8583-channel'
import type { Log } from '@symbolon/service/log'
import type { HostConfig } from '../config.ts'
import { answerAuthorization, type HostDependencies } from '../flows/answer-authorization.ts'
import { parseHostRequest, parseHostReversal } from '../rules/request.ts'

type FrontDoor = { readonly config: Pick<HostConfig, 'link'>; readonly log: Log; readonly deps: HostDependencies }

/** The ISO 8583:1987 door of an ordinary host: 0200 and 0420/0421, and nothing that a wallet would need. */
export function listenForFront(door: FrontDoor): Promise<IsoServer> {
  const { link } = door.config
  return listenIso({
    listen: link.listen,
    dialect: link.dialect,
    handle: (message) => handle(door, message),
    onReport: ({ kind, reason = '' }) => door.log.warn('a message was refused or dropped', { code: kind, reason }),
    onFault: (error) => door.log.error('a message could not be handled', error),
  })
}

async function handle(door: FrontDoor, message: IsoMessage): Promise<IsoMessage | undefined> {
  switch (message.messageType) {
    case '0200':
    case '0201':
      return handleAuthorization(door, message)
    case '0420':
    case '0421': {
      const reversal = parseHostReversal(message.fields)
      if (reversal === undefined) return createAnswer(message, { responseCode: '30' })
      await door.deps.store.reverse(reversal)
      return createAnswer(message, { responseCode: '00' })
    }
    default:
      return createAnswer(message, { responseCode: '12' })
  }
}

async function handleAuthorization(door: FrontDoor, message: IsoMessage): Promise<IsoMessage | undefined> {
  const request = parseHostRequest(message.fields)
  if (request === undefined) return createAnswer(message, { responseCode: '30' })
  const response = await answerAuthorization(door.deps, { request, digest: digestOf(door, message) })
  if (response === undefined) return undefined
  return createAnswer(message, { responseCode: response.responseCode, authorizationIdResponse: response.authorizationId })
}

function digestOf(door: FrontDoor, message: IsoMessage): Uint8Array {
  const encoded = encodeMessage(door.config.link.dialect, { messageType: '0200', fields: message.fields })
  return new Uint8Array(
    createHash('sha256')
      .update(encoded.ok ? encoded.value : new Uint8Array())
      .digest(),
  )
}

import { createHash } from 'node:crypto'
import { createAnswer, encodeMessage, type IsoMessage } from '@symbolon/formats/iso8583'
import { listenIso, type IsoServer, type IsoSession } from '@symbolon/service/iso8583-channel'
import type { TokenUpdateCode } from '@symbolon/contracts/issuer-link'
import type { Log } from '@symbolon/service/log'
import type { FrontConfig } from '../config.ts'
import type { AuthorizationAnswer, Received } from '../flows/authorize.ts'
import type { AuthorizationDataEncoding } from '../rules/authorization-data.ts'
import type { SuspensionDecision } from '../rules/suspension.ts'
import { parseTokenUpdate, type TokenUpdate } from '../rules/token-update.ts'
import { parseAuthorizationRequest } from '../rules/authorization-request.ts'
import { refusalCodes, type Refusal } from '../rules/authorization.ts'
import { decideDelivery, type Delivery } from '../rules/delivery.ts'
import { parseReversalRequest, type ReversalRequest } from '../rules/reversal-request.ts'

type LinkDoor = {
  readonly config: Pick<FrontConfig, 'link' | 'sandbox'>
  readonly log: Log
  readonly authorize: (received: Received) => Promise<AuthorizationAnswer | undefined>
  readonly reverse: (request: ReversalRequest) => Promise<void>
  readonly suspend: (update: TokenUpdate) => Promise<SuspensionDecision>
}

/** The ISO 8583:1987 door to link: 0200, 0420/0421 and 0300/0301; 0800 is answered by the channel, anything else with 12. */
export function listenForLink(door: LinkDoor): Promise<IsoServer> {
  const { link } = door.config
  return listenIso({
    listen: link.listen,
    dialect: link.dialect,
    handle: (message, session) => handle(door, message, session),
    onReport: ({ kind, reason = '' }) => door.log.warn('a message on the link hop was refused or dropped', { code: kind, reason }),
    onFault: (error) => door.log.error('a message on the link hop could not be handled', error),
  })
}

async function handle(door: LinkDoor, message: IsoMessage, session: IsoSession): Promise<IsoMessage | undefined> {
  switch (message.messageType) {
    case '0200':
    case '0201':
      return handleAuthorization(door, message, session)
    case '0420':
    case '0421':
      return handleReversal(door, message)
    case '0300':
    case '0301':
      return handleTokenUpdate(door, message)
    default:
      return createAnswer(message, { responseCode: '12' })
  }
}

async function handleAuthorization(door: LinkDoor, message: IsoMessage, session: IsoSession): Promise<IsoMessage | undefined> {
  const request = parseAuthorizationRequest(message.fields, encodingOf(door))
  if (!request.ok) return refuse(door, message, request.problem.kind)
  const answer = await door.authorize({ request: request.value, digest: digestOf(door, message) })
  if (answer === undefined) return undefined
  const { responseCode, authorizationId: authorizationIdResponse } = answer
  const response = createAnswer(message, { responseCode, authorizationIdResponse })
  return deliver(response, session, decideDelivery(request.value.amountMinorUnits, door.config.sandbox))
}

async function handleReversal(door: LinkDoor, message: IsoMessage): Promise<IsoMessage | undefined> {
  const request = parseReversalRequest(message.fields)
  if (request === undefined) return refuse(door, message, 'field-invalid')
  await door.reverse(request)
  return createAnswer(message, { responseCode: '00' })
}

// Answered once it is written down. A fault is 96, after which link asks again.
async function handleTokenUpdate(door: LinkDoor, message: IsoMessage): Promise<IsoMessage | undefined> {
  const update = parseTokenUpdate(message.fields, encodingOf(door))
  if (!update.ok) return createAnswer(message, { responseCode: update.problem.responseCode })
  const decision = await door.suspend(update.value).catch((error: unknown) => {
    door.log.error('a suspension could not be written down', error)
    return 'failed' as const
  })
  if (decision !== 'failed') door.log.info('the operator reports a frozen wallet', { reason: update.value.cause, state: decision })
  return createAnswer(message, { responseCode: answerByDecision[decision] })
}

const answerByDecision = { suspend: '00', already: '00', foreign: '00', unknown: '25', failed: '96' } as const satisfies Readonly<
  Record<SuspensionDecision | 'failed', TokenUpdateCode>
>

function encodingOf(door: LinkDoor): AuthorizationDataEncoding {
  return door.config.link.dialect === 'bcd' ? 'binary' : 'base64'
}

function refuse(door: LinkDoor, message: IsoMessage, refusal: Refusal): IsoMessage | undefined {
  door.log.warn('a message of link was refused', { reason: refusal, code: refusalCodes[refusal] })
  return createAnswer(message, { responseCode: refusalCodes[refusal] })
}

// Of the elements, not of the message type: 0201 repeats a 0200 and is the same request.
function digestOf(door: LinkDoor, message: IsoMessage): Uint8Array {
  const encoded = encodeMessage(door.config.link.dialect, { messageType: '0200', fields: message.fields })
  return new Uint8Array(
    createHash('sha256')
      .update(encoded.ok ? encoded.value : new Uint8Array())
      .digest(),
  )
}

function deliver(response: IsoMessage | undefined, session: IsoSession, delivery: Delivery): IsoMessage | undefined {
  switch (delivery.kind) {
    case 'once':
      return response
    case 'silent':
      return undefined
    case 'twice':
      if (response !== undefined) session.send(response)
      return response
    case 'late':
      if (response !== undefined) setTimeout(() => session.send(response), delivery.byMs).unref()
      return undefined
  }
}

import { setTimeout as sleep } from 'node:timers/promises'
import type { IsoMessage } from '@symbolon/formats/iso8583'
import { Fault } from '@symbolon/formats/result'
import { createIsoClient, type IsoClient, type IsoReport } from '@symbolon/service/iso8583-channel'
import { listen } from '@symbolon/service/http'
import type { Log } from '@symbolon/service/log'
import { createBell } from './adapters/bell.ts'
import { createLinkDoor } from './adapters/http-door.ts'
import { createNumberSource } from './adapters/number-blocks.ts'
import { timersOf, type Config, type IssuerConfig } from './config.ts'
import type { AuthorizationStore } from './flows/authorization-store.ts'
import type { Issuer, LinkDependencies } from './flows/dependencies.ts'
import { recover } from './flows/recover.ts'
import { runSuspensions } from './flows/suspend.ts'
import type { SuspensionStore } from './flows/suspension-store.ts'
import { acceptLateAcknowledgement, runReversals } from './flows/reverse.ts'

const defaultMerchantType = '5999'
const defaultAnswerWithinMs = 2_500
const drainMs = 2_000

type Parts = {
  readonly config: Omit<Config, 'database'>
  readonly store: AuthorizationStore
  readonly suspensions: SuspensionStore
  readonly log: Log
}
type Connected = Issuer & { readonly session: IsoClient }

/** Wires the plane: recovers first, then connects to the fronts, then opens the door. `close` lets what is in flight end. */
export async function startLink({ config, store, suspensions, log }: Parts): Promise<{ readonly address: string; close(): Promise<void> }> {
  let stopping = false
  const onLateAnswer = (issuerId: string, message: IsoMessage): void => {
    const issuer = deps.issuersById.get(issuerId)
    if (issuer === undefined || stopping) return
    void acceptLateAcknowledgement(deps, issuer, message).catch((error: unknown) =>
      log.warn('a late acknowledgement could not be stored', { issuerId, code: error instanceof Fault ? error.code : 'BUG' }),
    )
  }
  const issuers = config.issuers.map((issuer) => connect(issuer, log, onLateAnswer))
  const deps: LinkDependencies = {
    store,
    suspensions,
    numbers: createNumberSource(store, Date.now),
    issuersById: new Map(issuers.map((issuer) => [issuer.issuerId, issuer])),
    clock: { nowMs: Date.now, sleep: (ms) => sleep(ms) },
    log,
    isStopping: () => stopping,
  }
  const count = await recover(deps)
  if (count > 0) log.warn('authorizations of an earlier process are unanswered and will be reversed', { count })
  const sending = issuers.flatMap((issuer) => [runReversals(deps, issuer), runSuspensions(deps, issuer)])
  const running = new Set<Promise<unknown>>()
  const door = createLinkDoor(deps, { answerWithinMs: config.answerWithinMs ?? defaultAnswerWithinMs, running })
  const address = await listen(door, config.listen)
  return {
    address,
    close: async () => {
      await door.close()
      await Promise.race([Promise.allSettled(running), sleep(drainMs, undefined, { ref: false })])
      await Promise.all(issuers.map((issuer) => issuer.session.close()))
      await Promise.race([Promise.allSettled(running), sleep(drainMs, undefined, { ref: false })])
      stopping = true
      for (const { bell, suspensionBell } of issuers) {
        bell.ring()
        suspensionBell.ring()
      }
      await Promise.all(sending)
    },
  }
}

function connect(config: IssuerConfig, log: Log, onLateAnswer: (issuerId: string, message: IsoMessage) => void): Connected {
  const { issuerId } = config
  const [bell, suspensionBell] = [createBell(), createBell()]
  const session = createIsoClient({
    address: config.address,
    dialect: config.dialect,
    ...(config.echoIntervalMs === undefined ? {} : { echoIntervalMs: config.echoIntervalMs }),
    ...(config.echoTimeoutMs === undefined ? {} : { echoTimeoutMs: config.echoTimeoutMs }),
    ...(config.reconnectMs === undefined ? {} : { reconnectMs: config.reconnectMs }),
    ...(config.longestReconnectMs === undefined ? {} : { longestReconnectMs: config.longestReconnectMs }),
    onState: (state) => {
      log.info('session with an issuer', { issuerId, state })
      bell.ring()
      suspensionBell.ring()
    },
    onReport: (report) => {
      log.warn(reportMessages[report.kind], { issuerId, ...reportFields(report) })
      if (report.kind === 'unmatched-answer' && report.message !== undefined) onLateAnswer(issuerId, report.message)
    },
  })
  return {
    issuerId,
    dialect: config.dialect,
    acquiringInstitutionId: config.acquiringInstitutionId,
    terminalId: config.terminalId,
    merchantType: config.merchantType ?? defaultMerchantType,
    timers: timersOf(config),
    session,
    bell,
    suspensionBell,
  }
}

const reportMessages: Readonly<Record<IsoReport['kind'], string>> = {
  malformed: 'a message of an issuer was refused',
  unencodable: 'an answer to an issuer could not be written',
  frame: 'a connection to an issuer was broken off',
  'unmatched-answer': 'a late or second answer of an issuer was dropped',
  'unexpected-message': 'a request of an issuer was dropped',
}

function reportFields({ field, reason, message }: IsoReport): {
  readonly code?: string
  readonly reason?: string
  readonly state?: string
} {
  return {
    ...(field === undefined ? {} : { code: `DE ${field}` }),
    ...(reason === undefined ? {} : { reason }),
    ...(message === undefined ? {} : { state: `${message.messageType} ${message.fields.responseCode ?? ''}` }),
  }
}

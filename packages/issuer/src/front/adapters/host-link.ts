import { createIsoClient, type IsoClient } from '@symbolon/service/iso8583-channel'
import type { Log } from '@symbolon/service/log'
import type { FrontConfig } from '../config.ts'
import type { HostLink } from '../flows/authorization-dependencies.ts'

/** The host as an ISO 8583:1987 peer: any program that speaks the dialect at the configured address. */
export function createIsoHostLink(config: FrontConfig['host'], log: Log): HostLink & Pick<IsoClient, 'whenConnected' | 'close'> {
  const client = createIsoClient({
    address: config.address,
    dialect: config.dialect,
    answerTimeoutMs: config.answerTimeoutMs ?? 8_000,
    longestReconnectMs: 1_000,
    onState: (state) => log.info('the session with the host changed', { state }),
    onReport: ({ kind, reason = '' }) => log.warn('a message on the host hop was refused or dropped', { code: kind, reason }),
  })
  return {
    send: (message) => client.send(message),
    whenConnected: (timeoutMs) => client.whenConnected(timeoutMs),
    close: () => client.close(),
  }
}

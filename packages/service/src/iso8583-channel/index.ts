export { createIsoClient } from './client.ts'
export { listenIso } from './server.ts'
export type {
  IsoAddress,
  IsoClient,
  IsoClientOptions,
  IsoClientState,
  IsoExchange,
  IsoReport,
  IsoServer,
  IsoServerOptions,
  IsoSession,
} from './types.ts'

import type { IsoDialect, IsoMessage, IsoProblem, IsoReason } from '@symbolon/formats/iso8583'

export type IsoAddress = { readonly host: string; readonly port: number }

/** Something refused or dropped: `field` is the data element. Never a value. */
export type IsoReport = {
  readonly kind: 'malformed' | 'unencodable' | 'frame' | 'unmatched-answer' | 'unexpected-message'
  readonly field?: number
  readonly reason?: IsoReason | 'frame-length' | 'slow-reader' | 'no-answer-expected'
  /** Of an unmatched answer: what it says, so that it can be told from a stranger's. */
  readonly message?: IsoMessage
}

/**
 * What became of a request. `unsent`: not one byte left, so nothing has to be reversed. `unanswered`: bytes may have left and no answer
 * came in time, or the connection ended; a later answer is reported as unmatched and dropped.
 */
export type IsoExchange =
  | { readonly kind: 'answered'; readonly answer: IsoMessage }
  | { readonly kind: 'unanswered'; readonly reason: 'timeout' | 'disconnected' }
  | { readonly kind: 'unsent'; readonly reason: 'no-session' | 'duplicate-trace' | 'too-many' }
  | { readonly kind: 'unsent'; readonly reason: 'not-encodable'; readonly problem: IsoProblem }

export type IsoClientState = 'connected' | 'down'

export type IsoClientOptions = {
  readonly address: IsoAddress
  readonly dialect: IsoDialect
  /** How long a request waits for its answer. Default 10 000. */
  readonly answerTimeoutMs?: number
  /** Idle time after which 0800/301 is sent. Default 30 000; three unanswered drop the connection. */
  readonly echoIntervalMs?: number
  /** How long a network management message waits for its answer. Default 5 000. */
  readonly echoTimeoutMs?: number
  /** First pause before a new connection; doubles up to the longest. Defaults 100 and 5 000. */
  readonly reconnectMs?: number
  readonly longestReconnectMs?: number
  /** Default 20 000. */
  readonly maximumInFlight?: number
  readonly onReport?: (report: IsoReport) => void
  /** `connected` after the sign-on was answered 00; `down` when that session ends. */
  readonly onState?: (state: IsoClientState) => void
}

/** One connection to a peer that is signed on (0800/001) and kept alive. Requests are matched on message class, DE 41 and DE 11. */
export type IsoClient = {
  state(): IsoClientState
  /** Resolves at the latest after the time allowed; never rejects for what the peer does. */
  send(request: IsoMessage, options?: { readonly answerTimeoutMs?: number }): Promise<IsoExchange>
  /** Resolves true once connected, false when the time is over. */
  whenConnected(timeoutMs: number): Promise<boolean>
  close(): Promise<void>
}

/** The connection a message came over. `send` is for what is not the one answer: a repeat, a late answer. */
export type IsoSession = { send(message: IsoMessage): void }

export type IsoServerOptions = {
  readonly listen: IsoAddress
  readonly dialect: IsoDialect
  /**
   * Answers a request or advice; undefined stays silent. Called concurrently. 0800 is answered by the channel itself. When it throws,
   * nothing is answered and `onFault` hears of it: silence makes the other side reverse, which is always safe.
   */
  readonly handle: (message: IsoMessage, session: IsoSession) => Promise<IsoMessage | undefined>
  readonly onReport?: (report: IsoReport) => void
  readonly onFault?: (error: unknown) => void
  /** Default 64. */
  readonly maximumConnections?: number
  /** Requests being handled per connection, above which reading pauses. Default 5 000. */
  readonly maximumInFlight?: number
}

export type IsoServer = {
  readonly address: IsoAddress
  close(): Promise<void>
}

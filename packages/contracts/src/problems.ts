/** How a caller may try again. */
export type Retry = 'never' | 'later' | 'same-idempotency-key' | 'open-again'
export type ProblemShape = { readonly status: number; readonly title: string; readonly retry: Retry }

/** Every problem a caller can meet. A code is a promise: never renamed, never reused. */
export const problemCodes = {
  REQUEST_INVALID: { status: 400, title: 'The request does not have the documented form', retry: 'never' },
  REQUEST_ENCODING_INVALID: { status: 400, title: 'A value is not in the documented encoding', retry: 'never' },
  REQUEST_CARD_NUMBER_REFUSED: { status: 400, title: 'A text contains what looks like a card number', retry: 'never' },
  REQUEST_IDEMPOTENCY_KEY_MISSING: { status: 400, title: 'The Idempotency-Key header is missing', retry: 'never' },
  REQUEST_IDEMPOTENCY_CONFLICT: { status: 422, title: 'The idempotency key was used with another content', retry: 'never' },
  REQUEST_IDEMPOTENCY_RUNNING: {
    status: 409,
    title: 'The first request with this idempotency key is still running',
    retry: 'same-idempotency-key',
  },
  REQUEST_NOT_FOUND: { status: 404, title: 'There is no such object, or it is not yours', retry: 'never' },
  REQUEST_TOO_LARGE: { status: 413, title: 'The request is larger than allowed', retry: 'never' },
  REQUEST_TOO_MANY: { status: 429, title: 'Too many requests; wait and try again', retry: 'later' },
  SERVICE_FAULT: { status: 503, title: 'A part of the service does not answer; try again', retry: 'later' },
  SERVICE_BUG: { status: 500, title: 'The service failed; nothing was half-done', retry: 'later' },
  IDENTITY_KEY_INVALID: { status: 401, title: 'The API key is missing or not valid', retry: 'never' },
  PAYMENT_REQUEST_SIGNATURE_INVALID: { status: 422, title: 'The payment request is not signed by the merchant', retry: 'never' },
  PAYMENT_REQUEST_MISMATCH: { status: 422, title: 'The payment request does not say what the message says', retry: 'never' },
  PAYMENT_ORDER_EXISTS: { status: 409, title: 'A payment for this order id exists already', retry: 'never' },
  PAYMENT_STATE_CONFLICT: { status: 409, title: 'The payment is in a state that does not allow this', retry: 'never' },
  PAYMENT_CONFIRMATION_RUNNING: { status: 409, title: 'The payment is being confirmed at this moment', retry: 'later' },
  PAYMENT_EXPIRED: { status: 410, title: 'The payment request has expired', retry: 'never' },
  TOKEN_NOT_ACTIVE: { status: 422, title: 'The card is not active in this wallet', retry: 'never' },
  TOKEN_GRANT_INVALID: { status: 422, title: 'The issuer has not signed this token for this wallet', retry: 'never' },
  TOKEN_DOMAIN_RESTRICTED: { status: 403, title: 'The payment token may not be used here', retry: 'never' },
  LEDGER_CURRENCY_MISMATCH: { status: 422, title: 'The two amounts are in different currencies', retry: 'never' },
  CUSTODY_WALLET_UNKNOWN: { status: 404, title: 'The co-signer does not know this wallet or epoch', retry: 'open-again' },
  CUSTODY_RETRY: { status: 409, title: 'A key change is settling; open again in some seconds', retry: 'open-again' },
  CUSTODY_STALE: { status: 409, title: 'The wallet was opened with a retired epoch', retry: 'never' },
  CUSTODY_FROZEN: { status: 423, title: 'The wallet is frozen', retry: 'never' },
  CUSTODY_VOID: { status: 409, title: 'The slot is gone; open again, nothing was signed', retry: 'open-again' },
  CUSTODY_CONFLICT: { status: 409, title: 'The slot was used for another message', retry: 'open-again' },
  CUSTODY_REJECTED: { status: 422, title: 'The message does not verify; no try was counted', retry: 'open-again' },
  CUSTODY_LOCKED: { status: 423, title: 'No PIN tries are left', retry: 'never' },
  CUSTODY_REFRESH_REQUIRED: { status: 409, title: 'The wallet has to renew its key first; nothing was signed', retry: 'open-again' },
  CUSTODY_CLOSED: { status: 410, title: 'The wallet was closed and its keys are destroyed', retry: 'never' },
  CUSTODY_REFUSED: { status: 409, title: 'The operator did not accept the payment; nothing was signed', retry: 'never' },
  WALLET_MISSING: { status: 404, title: 'There is no wallet on this device', retry: 'never' },
  WALLET_EXISTS: { status: 409, title: 'There is a wallet on this device already', retry: 'never' },
  WALLET_IN_USE: { status: 409, title: 'The wallet is open in another tab', retry: 'later' },
  WALLET_STORAGE_DAMAGED: { status: 500, title: 'The wallet on this device cannot be read', retry: 'never' },
  WALLET_PIN_FORM: { status: 400, title: 'A PIN has six to twelve digits', retry: 'never' },
  WALLET_PASSKEY_UNANSWERED: { status: 409, title: 'The passkey did not answer; nothing was signed', retry: 'later' },
  WALLET_PASSKEY_UNSUPPORTED: { status: 501, title: 'No passkey here can protect a wallet', retry: 'never' },
  WALLET_CARD_LIMIT: { status: 409, title: 'The wallet holds as many cards as it can', retry: 'never' },
  WALLET_CARD_INVALID: { status: 400, title: 'The card number or the other card data are not valid', retry: 'never' },
  WALLET_CARD_MISSING: { status: 404, title: 'There is no such card in this wallet', retry: 'never' },
  WALLET_RECORD_MISSING: { status: 409, title: 'The card came from a replaced wallet; enter it again to show it', retry: 'never' },
  WALLET_ANSWER_UNVERIFIED: { status: 502, title: 'An answer does not verify; nothing was believed', retry: 'later' },
  WALLET_KEY_UNCERTIFIED: { status: 502, title: 'No issuer vouches for this key at this time; nothing was believed', retry: 'later' },
  ISSUER_UNKNOWN: { status: 422, title: 'No connected issuer issues this card', retry: 'never' },
  ISSUER_TIMEOUT: { status: 504, title: 'The issuer did not answer in time', retry: 'same-idempotency-key' },
  ISSUER_UNAVAILABLE: { status: 503, title: 'The issuer cannot be reached', retry: 'later' },
  ISSUER_KEY_UNKNOWN: { status: 409, title: 'The issuer does not hold the sealing key of this id', retry: 'later' },
  ENROLMENT_CARD_REFUSED: { status: 422, title: 'The issuer does not accept this card', retry: 'never' },
  ENROLMENT_BINDING_INVALID: { status: 422, title: 'The binding does not verify', retry: 'never' },
  ENROLMENT_STATE_CONFLICT: { status: 409, title: 'The enrolment is in a state that does not allow this', retry: 'never' },
  ENROLMENT_EXPIRED: { status: 410, title: 'The enrolment has expired; start again', retry: 'never' },
} as const satisfies Record<Uppercase<string>, ProblemShape>
export type ProblemCode = keyof typeof problemCodes

/** An expected refusal as it travels inside a process: code, and typed details that hold no personal data. */
export type Problem = {
  readonly code: ProblemCode
  readonly param?: string
  readonly triesLeft?: number
  readonly retired?: string
  readonly closingStatement?: string
  readonly frozenReason?: FrozenReason
}

/** Why a wallet is frozen: a copy was noticed, its stop code was used, or it stayed away from a demanded refresh. */
export const frozenReasons = ['alarm', 'stop-code', 'stayed-away'] as const
export type FrozenReason = (typeof frozenReasons)[number]

export function problem(code: ProblemCode, details: Omit<Problem, 'code'> = {}): Problem {
  return { code, ...details }
}

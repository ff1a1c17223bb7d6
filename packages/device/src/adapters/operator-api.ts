import { Type } from 'typebox'
import { Payment } from '@symbolon/contracts/merchant-api'
import type { Problem } from '@symbolon/contracts/problems'
import {
  Checkout,
  CustodyMessage,
  SignAnswer,
  WalletCreated,
  WalletOffer,
  type SignRequest,
  type TokenRegistration,
} from '@symbolon/contracts/wallet-api'
import { bytesToBase64url } from '@symbolon/formats/bytes'
import type { Result } from '@symbolon/formats/result'
import type { Transport } from '../ports.ts'
import { callPeer } from './call.ts'

/** The operator's wallet door. Everything secret in it is sealed or split; the operator relays it. */
export type OperatorApi = {
  requestOffer(): Promise<Result<WalletOffer, Problem>>
  acceptOffer(walletId: string, sealed: Uint8Array): Promise<Result<WalletCreated, Problem>>
  open(walletId: string, message: Uint8Array): Promise<Result<CustodyMessage, Problem>>
  pay(walletId: string, message: Uint8Array, paymentId?: string): Promise<Result<SignAnswer, Problem>>
  raiseAlarm(walletId: string, message: Uint8Array): Promise<Result<unknown, Problem>>
  registerToken(walletId: string, registration: TokenRegistration): Promise<Result<unknown, Problem>>
  getCheckout(paymentId: string): Promise<Result<Checkout, Problem>>
  getAttempt(walletId: string, paymentAttemptId: string): Promise<Result<Payment, Problem>>
}

export function createOperatorApi(transport: Transport, origin: string): OperatorApi {
  const wallets = `${origin}/v1/wallets`
  return {
    requestOffer: () => callPeer(transport, WalletOffer, { method: 'POST', url: wallets, body: {} }),
    acceptOffer: (walletId, sealed) =>
      callPeer(transport, WalletCreated, { method: 'POST', url: `${wallets}/${walletId}`, body: { sealed: bytesToBase64url(sealed) } }),
    open: (walletId, message) =>
      callPeer(transport, CustodyMessage, {
        method: 'POST',
        url: `${wallets}/${walletId}/open`,
        body: { message: bytesToBase64url(message) },
      }),
    pay: (walletId, message, paymentId) => {
      const body: SignRequest = { message: bytesToBase64url(message), ...(paymentId === undefined ? {} : { paymentId }) }
      return callPeer(transport, SignAnswer, { method: 'POST', url: `${wallets}/${walletId}/pay`, body })
    },
    raiseAlarm: (walletId, message) =>
      callPeer(transport, Type.Unknown(), {
        method: 'POST',
        url: `${wallets}/${walletId}/alarm`,
        body: { message: bytesToBase64url(message) },
      }),
    registerToken: (walletId, registration) =>
      callPeer(transport, Type.Unknown(), { method: 'POST', url: `${wallets}/${walletId}/tokens`, body: registration }),
    getCheckout: (paymentId) => callPeer(transport, Checkout, { method: 'GET', url: `${origin}/v1/checkout/${paymentId}` }),
    getAttempt: (walletId, paymentAttemptId) =>
      callPeer(transport, Payment, { method: 'GET', url: `${wallets}/${walletId}/attempts/${paymentAttemptId}` }),
  }
}

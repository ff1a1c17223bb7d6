import { Type } from 'typebox'
import { AttemptAnswer, CheckAnswer, CosignAnswer, StopAnswer } from '@symbolon/contracts/planes'
import { CustodyMessage, WalletCreated, WalletOffer } from '@symbolon/contracts/wallet-api'
import { Fault, ok } from '@symbolon/formats/result'
import type { PeerClient } from '@symbolon/service/http-client'
import type { Vault } from '../flows/ports.ts'
import { readAnswer } from './peer-answers.ts'

/** How long the vault may take. Shorter than the lease of a hold, so that a hold is never taken from a flow that still waits. */
export const vaultTimeoutMs = 5_000

/** The vault over its private socket. Messages pass as they came; nothing here could open one. */
export function createVaultClient(peer: PeerClient): Vault {
  return {
    createWallet: async () => readAnswer(WalletOffer, await peer.call('POST', '/wallets', {})),
    acceptWallet: async (walletId, accept) => readAnswer(WalletCreated, await peer.call('POST', `/wallets/${walletId}`, accept)),
    open: async (walletId, message) => readAnswer(CustodyMessage, await peer.call('POST', `/wallets/${walletId}/open`, message)),
    alarm: async (walletId, message) => {
      const answer = readAnswer(Type.Unknown(), await peer.call('POST', `/wallets/${walletId}/alarm`, message))
      return answer.ok ? ok(undefined) : answer
    },
    stop: async (codeHash) => {
      const answer = readAnswer(StopAnswer, await peer.call('POST', '/stops', { codeHash }))
      // A refusal would tell a stranger something; nobody knows is the honest word.
      if (!answer.ok) throw new Fault('SERVICE_FAULT', { retry: 'later' })
      return answer.value
    },
    check: async (walletId, message) => readAnswer(CheckAnswer, await peer.call('POST', `/wallets/${walletId}/check`, { message })),
    sign: async (walletId, handle) => readAnswer(CosignAnswer, await peer.call('POST', `/wallets/${walletId}/sign`, { handle })),
    findAttempt: async ({ walletId, paymentAttemptId }) => {
      const answer = readAnswer(AttemptAnswer, await peer.call('GET', `/wallets/${walletId}/attempts/${paymentAttemptId}`))
      // A refusal says nothing about a signature, so nothing may be concluded from it.
      if (!answer.ok) throw new Fault('SERVICE_FAULT', { retry: 'later' })
      return answer.value
    },
  }
}

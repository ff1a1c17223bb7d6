import type { CheckAnswer, CosignAnswer } from '@symbolon/contracts/planes'
import type { Problem } from '@symbolon/contracts/problems'
import { bytesToBase64url, base64urlToBytes } from '@symbolon/formats/bytes'
import { ok, type Result } from '@symbolon/formats/result'
import {
  acceptWallet,
  checkMessage,
  offerWallet,
  openWallet,
  raiseAlarm,
  signMessage,
  type VaultDependencies,
} from '@symbolon/operator-vault/flows'
import type { PeerClient } from '@symbolon/service/http-client'

/** What edge asks the vault, in bytes: over the flows themselves or over the private socket. */
export type VaultPort = {
  offer(): Promise<Result<{ readonly walletId: string; readonly offer: Uint8Array }, Problem>>
  accept(walletId: string, sealed: Uint8Array): Promise<Result<unknown, Problem>>
  open(walletId: string, message: Uint8Array): Promise<Result<Uint8Array, Problem>>
  check(walletId: string, message: Uint8Array): Promise<Result<CheckAnswer, Problem>>
  sign(walletId: string, handle: string): Promise<Result<CosignAnswer, Problem>>
  alarm(walletId: string, message: Uint8Array): Promise<Result<unknown, Problem>>
}

export function portOverFlows(deps: VaultDependencies): VaultPort {
  return {
    async offer() {
      const offered = await offerWallet(deps)
      return offered.ok ? ok({ ...offered.value, offer: base64urlToBytes(offered.value.offer) }) : offered
    },
    accept: (walletId, sealed) => acceptWallet(deps, walletId, sealed),
    async open(walletId, message) {
      const opened = await openWallet(deps, walletId, message)
      return opened.ok ? ok(base64urlToBytes(opened.value.message)) : opened
    },
    check: (walletId, message) => checkMessage(deps, walletId, message),
    sign: (walletId, handle) => signMessage(deps, walletId, handle),
    alarm: (walletId, message) => raiseAlarm(deps, walletId, message),
  }
}

export function portOverSocket(client: PeerClient): VaultPort {
  const post = async <Value>(path: string, body: object): Promise<Result<Value, Problem>> => {
    const answer = await client.call('POST', path, body)
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a test reads its own vault; the shapes are checked by what follows
    return answer.status === 200 ? ok(answer.body as Value) : { ok: false, problem: answer.body as Problem }
  }
  return {
    async offer() {
      const offered = await post<{ walletId: string; offer: string }>('/wallets', {})
      return offered.ok ? ok({ ...offered.value, offer: base64urlToBytes(offered.value.offer) }) : offered
    },
    accept: (walletId, sealed) => post(`/wallets/${walletId}`, { sealed: bytesToBase64url(sealed) }),
    async open(walletId, message) {
      const opened = await post<{ message: string }>(`/wallets/${walletId}/open`, { message: bytesToBase64url(message) })
      return opened.ok ? ok(base64urlToBytes(opened.value.message)) : opened
    },
    check: (walletId, message) => post(`/wallets/${walletId}/check`, { message: bytesToBase64url(message) }),
    sign: (walletId, handle) => post(`/wallets/${walletId}/sign`, { handle }),
    alarm: (walletId, message) => post(`/wallets/${walletId}/alarm`, { message: bytesToBase64url(message) }),
  }
}

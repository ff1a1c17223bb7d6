import { createHash } from 'node:crypto'
import type { CheckAnswer, CosignAnswer, OtherTerms, PaymentTerms, SignedMessage, StopAnswer } from '@symbolon/contracts/planes'
import { problem, type Problem } from '@symbolon/contracts/problems'
import { fail, Fault, ok } from '@symbolon/formats/result'
import type { Vault } from '../flows/ports.ts'

type Terms = PaymentTerms | OtherTerms
/** What a device's message turns out to be once it is opened. */
type Sealed = { readonly terms: Terms; readonly pin: 'right' | 'wrong'; readonly problem?: Problem }

/** A vault that keeps the contract of its port, and can be told to fail. It opens what `seal` made. */
export type TestVault = Vault & {
  seal(sealed: Sealed): string
  /** What the next call of sign does besides: dies before it signs, or after. */
  failNextSign(when: 'before' | 'after'): void
  failAttempts(count: number): void
  /** Wallets by the hash of their stop code. */
  readonly stopCodes: Map<string, string>
  readonly signatures: readonly string[]
  readonly calls: string[]
}

const rejected = fail(problem('CUSTODY_REJECTED'))

function answerTo({ pin }: Sealed): CosignAnswer {
  if (pin === 'wrong') return { outcome: 'wrong', done: 'd3Jvbmc', triesLeft: 4 }
  return { outcome: 'signed', done: 'ZG9uZQ', signed: { message: 'bQ', signature: 'cw', deviceKeyKind: 0, deviceSignature: 'ZA' } }
}

function findStopped(stopCodes: ReadonlyMap<string, string>, codeHash: string): StopAnswer {
  const walletId = stopCodes.get(codeHash)
  return walletId === undefined ? {} : { walletId }
}

export function createTestVault(): TestVault {
  const sealedByMessage = new Map<string, Sealed>()
  const messageByHandle = new Map<string, string>()
  const answers = new Map<string, CosignAnswer>()
  const signed = new Map<string, SignedMessage>()
  const stopCodes = new Map<string, string>()
  const calls: string[] = []
  let failing: 'before' | 'after' | undefined
  let attemptFaults = 0
  const handleOf = (message: string): string => createHash('sha256').update(message).digest('hex')
  const attemptOf = (walletId: string, paymentAttemptId: string): string => `${walletId} ${paymentAttemptId}`

  return {
    calls,
    stopCodes,
    get signatures() {
      return [...signed.keys()]
    },
    seal: (sealed) => {
      const message = Buffer.from(`${sealedByMessage.size}`).toString('base64url')
      sealedByMessage.set(message, sealed)
      return message
    },
    failNextSign: (when) => void (failing = when),
    failAttempts: (count) => void (attemptFaults = count),
    createWallet: async () => ok({ walletId: 'ab'.repeat(16), offer: 'b2ZmZXI' }),
    acceptWallet: async (walletId) => ok({ walletId }),
    open: async () => fail(problem('CUSTODY_STALE', { retired: 'cd'.repeat(16) })),
    alarm: async (_walletId, { message }) => (message === 'YWxhcm0' ? ok(undefined) : rejected),
    stop: async (codeHash) => findStopped(stopCodes, codeHash),
    check: async (_walletId, message) => {
      calls.push('check')
      const sealed = sealedByMessage.get(message)
      if (sealed === undefined) return fail(problem('CUSTODY_VOID'))
      if (sealed.problem !== undefined) return fail(sealed.problem)
      const handle = handleOf(message)
      const answered = answers.get(handle)
      if (answered !== undefined) return ok({ outcome: 'repeated', done: answered.done, paymentAttemptId: sealed.terms.paymentAttemptId })
      messageByHandle.set(handle, message)
      return ok({ outcome: 'ready', handle, terms: sealed.terms } satisfies CheckAnswer)
    },
    sign: async (walletId, handle) => {
      calls.push('sign')
      const when = failing
      failing = undefined
      if (when === 'before') throw new Fault('SERVICE_FAULT', { retry: 'later' })
      const sealed = sealedByMessage.get(messageByHandle.get(handle) ?? '')
      if (sealed === undefined) return fail(problem('CUSTODY_VOID'))
      messageByHandle.delete(handle)
      const answer = answerTo(sealed)
      answers.set(handle, answer)
      if (answer.outcome === 'signed' && sealed.terms.kind === 'pay') {
        signed.set(attemptOf(walletId, sealed.terms.paymentAttemptId), answer.signed)
      }
      if (when === 'after') throw new Fault('SERVICE_FAULT', { retry: 'later' })
      return ok(answer)
    },
    findAttempt: async ({ walletId, paymentAttemptId }) => {
      calls.push('findAttempt')
      attemptFaults -= 1
      if (attemptFaults >= 0) throw new Fault('SERVICE_FAULT', { retry: 'later' })
      for (const [handle, message] of messageByHandle) {
        if (sealedByMessage.get(message)?.terms.paymentAttemptId === paymentAttemptId) messageByHandle.delete(handle)
      }
      const found = signed.get(attemptOf(walletId, paymentAttemptId))
      return found === undefined ? { outcome: 'not-signed' } : { outcome: 'signed', signed: found }
    },
  }
}

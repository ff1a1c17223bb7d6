import type { Directory } from '@symbolon/contracts/directory'
import { problem } from '@symbolon/contracts/problems'
import { createDevicePrimitives, stretchPin } from '@symbolon/custody/device'
import { fail, ok } from '@symbolon/formats/result'
import { createIssuerApi } from './adapters/issuer-api.ts'
import { createOperatorApi } from './adapters/operator-api.ts'
import { changePin } from './flows/change-pin.ts'
import { closeWallet } from './flows/close-wallet.ts'
import { confirmPayment } from './flows/confirm-payment.ts'
import { createWallet } from './flows/create-wallet.ts'
import { refreshEnrolment, startCardEnrolment } from './flows/enrol-card.ts'
import { followPayment } from './flows/follow-payment.ts'
import { loadPayment, type LoadedPayment } from './flows/load-payment.ts'
import { openSlot } from './flows/open-slot.ts'
import { startRebind } from './flows/rebind.ts'
import { refreshRebinds } from './flows/refresh-rebinds.ts'
import { refreshWallet } from './flows/refresh-wallet.ts'
import { getContent, type FlowDependencies, type Session } from './flows/session.ts'
import { settle } from './flows/settle.ts'
import { showCard } from './flows/show-card.ts'
import { createWalletHolder, type WalletHolder } from './flows/wallet-holder.ts'
import { createTrust } from './flows/trust.ts'
import type { Clock, DeviceKey, LoadDirectory, RandomBytes, StretchPin, Transport, WalletStorage } from './ports.ts'
import { isSlotUsable } from './rules/attempt.ts'
import { verifyPinForm } from './rules/pin-form.ts'
import { walletState } from './rules/wallet-state.ts'
import type { PaymentOutcome, WalletAnswer, WalletProtection, WalletSdk, WalletState } from './wallet-types.ts'

export type WalletSdkDependencies = {
  /** Pinned in the code that runs the wallet: whom it seals to and whose signatures it believes. */
  readonly directory: Directory
  /** Asked when a key is not known any more: rotation with overlap. Absent: the directory stays as it is for the life of the page. */
  readonly loadDirectory?: LoadDirectory
  readonly storage: WalletStorage
  readonly deviceKey: DeviceKey
  readonly transport: Transport
  readonly clock: Clock
  readonly randomBytes: RandomBytes
  /** argon2id at full cost in this thread when absent. */
  readonly stretchPin?: StretchPin
}

// A second look at most this often is remembered as shown; older ones are loaded again before they are paid.
const maximumShown = 20

/** Wires a wallet. It tests its mathematics first (RFC 9591 vectors) and refuses to start when they fail. */
export async function createWalletSdk(dependencies: WalletSdkDependencies): Promise<WalletSdk> {
  const { directory, storage, transport, randomBytes } = dependencies
  const trust = createTrust(directory, dependencies.clock, dependencies.loadDirectory)
  const deps: FlowDependencies = {
    ...dependencies,
    trust,
    // Keys in it may become newer while the page runs; whom it names never changes.
    get directory() {
      return trust.directory()
    },
    stretchPin: dependencies.stretchPin ?? ((pin, salt) => stretchPin(pin, salt)),
    primitives: await createDevicePrimitives(randomBytes),
    operator: createOperatorApi(transport, directory.operator.origin),
    issuers: createIssuerApi(transport),
  }
  const holder = createWalletHolder(storage)
  return { ...walletVerbs(deps, holder), ...rebindVerbs(deps, holder), ...paymentVerbs(deps, holder), close: () => holder.close() }
}

type RebindVerbs = 'startRebind' | 'refreshRebind'
type PaymentVerbs = 'loadPayment' | 'preparePayment' | 'confirmPayment' | 'followPayment' | 'settle'

function walletVerbs(deps: FlowDependencies, holder: WalletHolder): Omit<WalletSdk, PaymentVerbs | RebindVerbs | 'close'> {
  return {
    loadWallet: () => holder.run(async (session) => ok(await describeWallet(session))),
    isPasskeyAvailable: () => deps.deviceKey.isPasskeyAvailable(),
    createWallet: (pin, protection = 'pin') =>
      holder.run(async (session) => {
        if (session.content !== undefined) return fail(problem('WALLET_EXISTS'))
        if (!isPinRight(pin, protection)) return fail(problem('WALLET_PIN_FORM'))
        const created = await createWallet(deps, session, { pin, protection })
        return created.ok ? ok({ ...(await describeWallet(session)), stopCode: created.value }) : created
      }),
    refresh: (pin) => holder.runWithWallet((session) => refreshWallet(deps, session, pin)),
    changePin: (pin, nextPin) =>
      holder.runWithWallet(async (session) => {
        const canChange = getContent(session).protection !== 'passkey' && verifyPinForm(nextPin).ok
        return canChange ? await changePin(deps, session, { pin, nextPin }) : fail(problem('WALLET_PIN_FORM'))
      }),
    closeWallet: (pin) => holder.runWithWallet((session) => closeWallet(deps, session, pin)),
    startCardEnrolment: async (card, pin) =>
      await afterSigning(deps, holder, () => holder.runWithWallet((session) => startCardEnrolment(deps, session, { card, pin }))),
    refreshEnrolment: (enrolmentId) => holder.runWithWallet((session) => refreshEnrolment(deps, session, enrolmentId)),
    showCard: async (tokenReferenceId, pin) =>
      await afterSigning(deps, holder, () => holder.runWithWallet((session) => showCard(deps, session, { tokenReferenceId, pin }))),
  }
}

function isPinRight(pin: string, protection: WalletProtection): boolean {
  return protection === 'passkey' ? pin === '' : verifyPinForm(pin).ok
}

function rebindVerbs(deps: FlowDependencies, holder: WalletHolder): Pick<WalletSdk, RebindVerbs> {
  // Frozen or not: this is the way out for a wallet that may do nothing else.
  return {
    startRebind: (pin, protection) =>
      holder.run(async (session) => {
        if (session.content === undefined) return fail(problem('WALLET_MISSING'))
        const chosen = protection ?? session.content.protection
        if (!isPinRight(pin, chosen)) return fail(problem('WALLET_PIN_FORM'))
        const started = await startRebind(deps, session, { pin, protection: chosen })
        if (!started.ok) return started
        const state = await describeWallet(session)
        return ok(started.value.kind === 'asked' ? { state, stopCode: started.value.stopCode } : { state })
      }),
    refreshRebind: () =>
      holder.run(async (session) => {
        if (session.content === undefined) return fail(problem('WALLET_MISSING'))
        const progress = await refreshRebinds(deps, session)
        return progress.ok ? ok({ progress: progress.value, state: await describeWallet(session) }) : progress
      }),
  }
}

function paymentVerbs(deps: FlowDependencies, holder: WalletHolder): Pick<WalletSdk, PaymentVerbs> {
  const shownById = new Map<string, LoadedPayment>()
  const runningById = new Map<string, Promise<WalletAnswer<PaymentOutcome>>>()
  return {
    loadPayment: async (paymentId) => {
      const loaded = await loadPayment(deps, paymentId)
      if (!loaded.ok) return loaded
      if (shownById.size >= maximumShown) shownById.clear()
      shownById.set(paymentId, loaded.value)
      const { request, payment } = loaded.value
      return ok({ paymentId, request, payment })
    },
    preparePayment: () =>
      holder.runWithWallet(async (session) => {
        const { attempt, pending } = getContent(session).stored
        const isReady = session.slot !== undefined && isSlotUsable(session.slot, deps.clock.monotonicMs())
        if (isReady && attempt === null && pending === null) return ok(undefined)
        const opened = await openSlot(deps, session)
        return opened.ok ? ok(undefined) : opened
      }),
    confirmPayment: (paymentId, confirmation) => {
      // A double click is one payment: the second call gets the first one's answer.
      const running = runningById.get(paymentId)
      if (running !== undefined) return running
      const started = afterSigning(deps, holder, () =>
        holder.runWithWallet((session) => confirmPayment(deps, session, { paymentId, confirmation, shown: shownById.get(paymentId) })),
      ).finally(() => {
        runningById.delete(paymentId)
        shownById.delete(paymentId)
      })
      runningById.set(paymentId, started)
      return started
    },
    followPayment: (paymentId, timeoutMs) => followPayment(deps, holder, { paymentId, timeoutMs }),
    settle: () => holder.runWithWallet((session) => settle(deps, session)),
  }
}

async function describeWallet({ content, closing, heardFrozen, store }: Session): Promise<WalletState> {
  return walletState({ content, closing, heardFrozen, isPersistent: await store.isPersistent() })
}

/** Row 12: after a signature go to row 1 at once. In the background, so that the person sees the outcome first; failing is harmless. */
async function afterSigning<Value>(
  deps: FlowDependencies,
  holder: WalletHolder,
  sign: () => Promise<WalletAnswer<Value>>,
): Promise<WalletAnswer<Value>> {
  const answer = await sign()
  void holder
    .runWithWallet(async (session) => {
      if (getContent(session).stored.pending === null) return ok(undefined)
      const opened = await openSlot(deps, session)
      return opened.ok ? ok(undefined) : opened
    })
    .catch(() => undefined)
  return answer
}

import { randomBytes } from 'node:crypto'
import type { Directory } from '@symbolon/contracts/directory'
import { createWalletSdk, type StretchPin, type WalletSdk } from '@symbolon/device'
import { createFetchTransport, createMemoryDeviceKey, createMemoryStorage, createSystemClock } from '@symbolon/device/memory'
import { fail, ok, type Result } from '@symbolon/formats/result'
import { pressApprove } from '../adapters/approval-page.ts'
import type { Customer, CustomerCard } from '../rules/customers.ts'

/** A customer's wallet; a card that could not be enrolled has its reason in its place. */
export type Enrolled = { readonly pin: string; readonly sdk: WalletSdk; readonly cards: readonly Result<EnrolledCard, string>[] }
export type EnrolledCard = {
  readonly tokenReferenceId: string
  readonly network: string
  readonly issuerName: string
  readonly issuerId: string
}

type CrowdDependencies = { readonly directory: Directory; readonly stretchPin: StretchPin }
const maximumTries = 60

/** Makes a wallet and adds its cards, each approved on its issuer's own page. */
export async function enrolCustomer(deps: CrowdDependencies, customer: Customer): Promise<Enrolled> {
  const sdk = await createWalletSdk({
    directory: deps.directory,
    storage: createMemoryStorage(),
    deviceKey: createMemoryDeviceKey(),
    transport: createFetchTransport({ timeoutMs: 20_000 }),
    clock: createSystemClock(),
    randomBytes: (size) => new Uint8Array(randomBytes(size)),
    stretchPin: deps.stretchPin,
  })
  const created = await patiently(() => sdk.createWallet(customer.pin))
  const cards: Result<EnrolledCard, string>[] = []
  for (const card of customer.cards) {
    cards.push(created.ok ? await enrolCard(deps, sdk, { card, pin: customer.pin }) : fail(created.problem.code))
  }
  return { pin: customer.pin, sdk, cards }
}

async function enrolCard(
  { directory }: CrowdDependencies,
  sdk: WalletSdk,
  { card, pin }: { readonly card: CustomerCard; readonly pin: string },
): Promise<Result<EnrolledCard, string>> {
  const started = await patiently(() => sdk.startCardEnrolment(card.card, pin))
  if (!started.ok) return fail(started.problem.code)
  if (started.value.kind !== 'submitted') return fail(started.value.kind)
  const { approvalUrl, card: shown } = started.value.enrolment
  const pressed = await pressApprove(approvalUrl)
  if (!pressed.ok) return pressed
  const refreshed = await patiently(() => sdk.refreshEnrolment(shown.enrolmentId))
  if (!refreshed.ok) return fail(refreshed.problem.code)
  const { tokenReferenceId, network, issuerName, state } = refreshed.value
  if (tokenReferenceId === undefined) return fail(state)
  const issuer = directory.issuers.find(({ name }) => name.en === issuerName.en)
  return ok({ tokenReferenceId, network, issuerName: issuerName.en, issuerId: issuer?.issuerId ?? '' })
}

// A crowd behind one address meets the limits that keep one person's program in bounds.
async function patiently<Value, Problem extends { readonly code: string }>(
  ask: () => Promise<Result<Value, Problem>>,
): Promise<Result<Value, Problem>> {
  for (let count = 1; ; count += 1) {
    const answer = await ask()
    if (answer.ok || answer.problem.code !== 'REQUEST_TOO_MANY' || count === maximumTries) return answer
    await new Promise((resolve) => setTimeout(resolve, 1_000))
  }
}

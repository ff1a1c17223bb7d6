import { randomInt } from 'node:crypto'
import { availableParallelism } from 'node:os'
import type { Installation } from '@symbolon/contracts/installation'
import { loadIssuerBooks, loadOperatorBooks } from '../adapters/books.ts'
import { createMall } from '../adapters/mall.ts'
import { readCards, readPayments } from '../adapters/own-lists.ts'
import { writePlanted } from '../adapters/planted-file.ts'
import { createProgress } from '../adapters/progress.ts'
import { createStretchPinThreads } from '../adapters/stretch-pin-threads.ts'
import type { Options } from '../options.ts'
import type { Run } from '../output/report.ts'
import { compareBooks } from '../rules/compare-books.ts'
import type { BadLine } from '../rules/csv.ts'
import { createCustomers, type Customer } from '../rules/customers.ts'
import { planPayments, type PlannedPayment } from '../rules/planned-payment.ts'
import { enrolCustomer, type Enrolled } from './crowd.ts'
import { runLanes } from './in-flight.ts'
import { payOnce, type PaymentResult } from './pay.ts'

type Plan = { readonly customers: readonly Customer[]; readonly payments: readonly PlannedPayment[]; readonly badLines: readonly BadLine[] }

/** Acts as many customers of a running installation, over HTTP only, and then asks every party what it wrote down. */
export async function runDemo(options: Options, installation: Installation): Promise<Run> {
  const plan = makePlan(options, installation)
  if (options.plantedFile !== undefined) writePlanted(options.plantedFile, plan.customers)
  const cores = availableParallelism()
  const threads = createStretchPinThreads(cores)
  const enrolled = new Map<number, Enrolled>()
  try {
    await enrolAll({ directory: installation.directory, stretchPin: threads.stretchPin }, plan, { inFlight: 2 * cores, enrolled })
    const results = await payAll(installation, plan, { inFlight: 2 * cores, enrolled })
    return { ...(await audit(installation, results)), results, badLines: plan.badLines, cardFailures: listCardFailures(plan, enrolled) }
  } finally {
    await Promise.all([...enrolled.values()].map(({ sdk }) => sdk.close()))
    await threads.close()
  }
}

function makePlan(options: Options, { directory, shops }: Installation): Plan {
  const own = options.cardsFile === undefined ? undefined : readCards(options.cardsFile, directory)
  const customers = own?.items ?? createCustomers((limit) => randomInt(limit))
  const slugs = shops.map(({ slug }) => slug)
  const badLines = own?.bad ?? []
  if (options.paymentsFile !== undefined) {
    const { items, bad } = readPayments(options.paymentsFile, { customers, shops: slugs })
    return { customers, payments: items, badLines: [...badLines, ...bad] }
  }
  const payments = customers.length === 0 ? [] : planPayments(options.paymentCount, { customers, shops: slugs })
  return { customers, payments, badLines }
}

type Pace = { readonly inFlight: number; readonly enrolled: Map<number, Enrolled> }

async function enrolAll(deps: Parameters<typeof enrolCustomer>[0], { customers }: Plan, { inFlight, enrolled }: Pace): Promise<void> {
  const progress = createProgress(process.stderr, 'customers', customers.length)
  await runLanes(
    customers.map((customer, index) => [{ customer, index }]),
    inFlight,
    async ({ customer, index }) => {
      enrolled.set(index, await enrolCustomer(deps, customer))
      progress.advance()
    },
  )
  progress.end()
}

async function payAll(
  installation: Installation,
  { customers, payments }: Plan,
  { inFlight, enrolled }: Pace,
): Promise<readonly PaymentResult[]> {
  const mall = createMall(installation.mallOrigin)
  const results: PaymentResult[] = []
  const progress = createProgress(process.stderr, 'payments', payments.length)
  const lanes = customers.map((_, index) => payments.filter(({ customerIndex }) => customerIndex === index))
  await runLanes(lanes, inFlight, async (planned) => {
    const customer = enrolled.get(planned.customerIndex)
    if (customer !== undefined) results.push(await payOnce(mall, customer, planned))
    progress.advance()
  })
  progress.end()
  return results
}

async function audit(
  installation: Installation,
  results: readonly PaymentResult[],
): Promise<Pick<Run, 'comparedCount' | 'disagreements' | 'summary' | 'backend'>> {
  const { payments, summary } = await loadOperatorBooks(installation)
  const ours = new Set(results.flatMap(({ paymentId }) => paymentId ?? []))
  const compared = payments.filter(({ paymentId }) => ours.has(paymentId))
  const missing = [...ours].filter((paymentId) => !compared.some((payment) => payment.paymentId === paymentId))
  const disagreements = [
    ...compareBooks(compared, await loadIssuerBooks(installation.issuers)),
    ...missing.map((paymentId) => ({ paymentId, reason: 'the operator does not list it' })),
  ]
  const { vaultBackend } = installation
  return { comparedCount: compared.length, disagreements, summary, ...(vaultBackend === undefined ? {} : { backend: vaultBackend }) }
}

function listCardFailures({ customers }: Plan, enrolled: ReadonlyMap<number, Enrolled>): readonly string[] {
  return customers.flatMap(({ cards }, index) =>
    cards.flatMap(({ line }, place) => {
      const outcome = enrolled.get(index)?.cards[place]
      if (outcome?.ok === true) return []
      const where = line === undefined ? `customer ${index + 1}, card ${place + 1}` : `cards, line ${line}`
      return [`${where}: ${outcome?.problem ?? 'not enrolled'}`]
    }),
  )
}

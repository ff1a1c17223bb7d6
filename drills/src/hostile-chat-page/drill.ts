import { randomInt } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import type { Installation } from '@symbolon/contracts/installation'
import {
  addFirstCard,
  confirmWithPin,
  endInChat,
  openCustomer,
  openPaySheet,
  openTab,
  type Customer,
} from '@symbolon/testing/browser-customer'
import { launchChromium } from '@symbolon/testing/chromium'
import { startInstallation } from '@symbolon/testing/installation'
import { createNeedles } from '../canaries/rules/needles.ts'
import { createPlantedCard, listRanges } from '../canaries/rules/planted.ts'
import { createSearcher } from '../canaries/rules/searcher.ts'
import type { Drill, DrillContext, DrillOutcome } from '../drill.ts'
import {
  commandFromBeside,
  embedElsewhere,
  readFrame,
  removeBeside,
  sendCommand,
  sendForgedCommands,
  typeForThePerson,
} from './attempts.ts'
import { startHostileOrigin } from './hostile-origin.ts'

const paySheet = 'pay-sheet'
const honestWithinMs = 60_000
const roundsBySize = { small: 1, full: 10 } as const

/** docs/custody.md 8: what a hostile page around the frame can and cannot do. A false frame that it draws itself is not stopped. */
export const drill: Drill = {
  name: 'hostile-chat-page',
  attackerHolds: 'the operator’s page, whole, in a real Chromium, and another origin that embeds the wallet or stands beside it',
  claim: 'The page reads nothing of the frame, confirms nothing for the person, and nobody but the operator’s page commands the wallet',
  run: attack,
}

async function attack({ size, progress }: DrillContext): Promise<DrillOutcome> {
  const running = await startInstallation()
  const { browser } = await launchChromium()
  const installation = running.installation()
  const hostile = await startHostileOrigin(installation.deviceOrigin)
  try {
    const thefts = new Set<string>()
    let attempts = 0
    for (let round = 0; round < roundsBySize[size]; round += 1) {
      attempts += await attackOnce({
        customer: await openCustomer({ browser, installation, locale: 'en' }),
        hostile: hostile.origin,
        thefts,
      })
      progress(round + 1, roundsBySize[size])
    }
    const obtained =
      thefts.size === 0 ? `nothing in ${String(attempts)} attempts; the person’s own payment went through` : [...thefts].join(', ')
    return { result: thefts.size === 0 ? 'withstood' : 'broken', obtained, figures: { attempts, thefts: thefts.size } }
  } finally {
    await browser.close()
    await hostile.close()
    await running.stop()
  }
}

type Scene = { readonly customer: Customer; readonly hostile: string; readonly thefts: Set<string> }

async function attackOnce({ customer, hostile, thefts }: Scene): Promise<number> {
  const { installation } = customer
  await takeAwayPolicy(customer)
  const [range] = listRanges(installation.directory)
  if (range === undefined) throw new Error('the directory names no account range')
  const card = createPlantedCard(range, 12, randomInt)
  const { checkoutUrl, paymentId } = await placeOrder(installation)
  await customer.page.reload()
  await addFirstCard(customer, card.pin, { ...card, expiry: `${card.expiry.slice(2)}/${card.expiry.slice(0, 2)}` })
  await customer.page.close()
  const paying = await openTab(customer, `${checkoutUrl}&lang=en`)
  const command = { kind: 'symbolon/pay', locale: 'en', paymentId }
  await paying.page.locator('.page [data-name="pay"]').waitFor()
  const obeysWithinMs = await measureObedience(paying, command)
  await commandFromBeside(paying.page, hostile, command)
  if (await comesToShow(paying, 5 * obeysWithinMs + 2_000)) thefts.add('a page of another origin opened the wallet’s payment')
  if (thefts.size > 0) return 1
  await removeBeside(paying.page)
  const heard = await embedElsewhere(paying, hostile, command)
  if (heard.length > 0) thefts.add('the wallet answered a page of another origin')
  const before = await viewsOf(paying)
  const forged = await sendForgedCommands(paying, paymentId, card.pin)
  if ((await viewsOf(paying)) !== before) thefts.add('a forged command was carried out')
  // A wallet that obeys a page is not where the person left it: the rest would only fail.
  if (thefts.size > 0) return forged + 2
  await openPaySheet(paying)
  const ways = await readFrame(paying.page)
  for (const way of ways) thefts.add(`the page reads the frame by ${way}`)
  await typeForThePerson(paying.page, card.pin)
  if ((await stateOf(installation, paymentId)) !== 'requires_confirmation') thefts.add('a payment confirmed by a script')
  if (thefts.size > 0) return forged + 13
  await confirmWithPin(paying, card.pin)
  await endInChat(paying, 'captured')
  for (const name of findSecrets(paying, card)) thefts.add(`${name} in what the page saw or sent`)
  await paying.context.close()
  return forged + 13
}

/** A hostile operator serves its page without the policy that the honest one sets for itself. */
async function takeAwayPolicy({ context, installation, page }: Customer): Promise<void> {
  // The browser does not know where a page that a test hands out comes from, and asks before it may reach this machine.
  await context.grantPermissions(['local-network-access'], { origin: installation.edgeOrigin })
  await context.route(`${installation.edgeOrigin}/**`, async (route) => {
    if (route.request().resourceType() !== 'document') return await route.continue()
    const answer = await route.fetch()
    const { 'content-security-policy': _policy, ...headers } = answer.headers()
    await route.fulfill({ response: answer, headers })
  })
  await page.reload()
}

/** How long the wallet takes to show a payment when the operator's page asks for it, which it may: so long a stranger is given, and more. */
async function measureObedience(customer: Customer, command: object): Promise<number> {
  const started = performance.now()
  await sendCommand(customer, command)
  if (!(await comesToShow(customer, honestWithinMs))) throw new Error('the wallet does not obey the operator’s page')
  const tookMs = performance.now() - started
  await sendCommand(customer, { kind: 'symbolon/close' })
  for (const deadline = performance.now() + honestWithinMs; performance.now() < deadline; await wait(100)) {
    if (!(await viewsOf(customer)).split(' ').includes(paySheet)) return tookMs
  }
  throw new Error('the wallet does not leave a payment')
}

async function comesToShow(customer: Customer, withinMs: number): Promise<boolean> {
  for (const deadline = performance.now() + withinMs; performance.now() < deadline; await wait(100)) {
    if ((await viewsOf(customer)).split(' ').includes(paySheet)) return true
  }
  return false
}

async function viewsOf({ page }: Customer): Promise<string> {
  const names = await Promise.all(
    page.frames().map((frame) =>
      frame
        .locator('[data-view]')
        .evaluateAll((views) => views.map((view) => view.getAttribute('data-view') ?? ''))
        .catch(() => []),
    ),
  )
  return names.flat().join(' ')
}

function findSecrets({ seen }: Customer, card: { readonly primaryAccountNumber: string; readonly pin: string }): readonly string[] {
  const searcher = createSearcher([...createNeedles('the card number', card.primaryAccountNumber), ...createNeedles('the PIN', card.pin)])
  for (const text of [...seen.texts(), ...seen.operatorRequests()]) {
    // What the attack itself sent into the frame with the PIN is not what the page learnt of it.
    searcher.feed(Buffer.from(text))
    searcher.endRun()
  }
  return [...new Set(searcher.findings().map(({ needle }) => needle.name))]
}

async function stateOf({ edgeOrigin }: Installation, paymentId: string): Promise<string> {
  const body: unknown = await (await fetch(`${edgeOrigin}/v1/checkout/${paymentId}`)).json()
  const payment: unknown = typeof body === 'object' && body !== null ? Reflect.get(body, 'payment') : undefined
  return typeof payment === 'object' && payment !== null ? String(Reflect.get(payment, 'state')) : ''
}

async function placeOrder({ mallOrigin }: Installation): Promise<{ readonly checkoutUrl: string; readonly paymentId: string }> {
  const answer = await fetch(new URL('/api/orders', mallOrigin), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ shop: 'coffee', amountMinorUnits: '4500', currency: 'KRW' }),
  })
  const order: unknown = await answer.json()
  const [checkoutUrl, paymentId] = ['checkoutUrl', 'paymentId'].map((name) =>
    typeof order === 'object' && order !== null ? String(Reflect.get(order, name)) : '',
  )
  if (checkoutUrl === undefined || paymentId === undefined) throw new Error('the mall took no order')
  return { checkoutUrl, paymentId }
}

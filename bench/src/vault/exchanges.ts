import { base64urlToBytes } from '@symbolon/formats/bytes'
import { assert } from '@symbolon/formats/result'
import { draftPayment, type Sealed, type TestDevice, type VaultPort } from '@symbolon/testing/vault'
import { createYardstick, type Meter } from './meter.ts'

/** CPU microseconds of one exchange, by the call that they were spent in. */
export type Phases = { readonly open: number; readonly check: number; readonly sign: number }
export type Measured = {
  readonly exchanges: number
  readonly microseconds: Phases
  /** What else was read in the same run, per exchange. */
  readonly besides: Readonly<Record<string, number>>
  readonly verificationMicroseconds: number
}

type Bench = {
  readonly port: VaultPort
  readonly devices: readonly TestDevice[]
  readonly nowSeconds: () => number
  readonly meter: Meter
  readonly besides: Readonly<Record<string, Meter>>
}

const verificationsPerRound = 600

/**
 * Whole exchanges in rounds: every wallet opens, then every message is checked, then every one is signed, as many at a time as there
 * are wallets. What devices compute lies between the calls and is not counted. The yardstick is measured in turns with the rounds.
 */
export async function measureExchanges(bench: Bench, rounds: number): Promise<Measured> {
  const yardstick = createYardstick()
  yardstick.measure(verificationsPerRound)
  const seconds = { open: 0, check: 0, sign: 0 }
  const besides = Object.fromEntries(Object.keys(bench.besides).map((name) => [name, 0]))
  let verifying = 0
  for (let round = 0; round < rounds; round += 1) {
    const spent = await runRound(bench)
    for (const name of ['open', 'check', 'sign'] as const) seconds[name] += spent[name]
    for (const [name, value] of Object.entries(spent.besides)) besides[name] = (besides[name] ?? 0) + value
    verifying += yardstick.measure(verificationsPerRound)
  }
  const exchanges = rounds * bench.devices.length
  const perExchange = (value: number): number => (value * 1e6) / exchanges
  return {
    exchanges,
    microseconds: { open: perExchange(seconds.open), check: perExchange(seconds.check), sign: perExchange(seconds.sign) },
    besides: Object.fromEntries(Object.entries(besides).map(([name, value]) => [name, perExchange(value)])),
    verificationMicroseconds: (verifying * 1e6) / (rounds * verificationsPerRound),
  }
}

type Spent = Phases & { readonly besides: Readonly<Record<string, number>> }

/** One exchange of every wallet; answers the CPU seconds that were spent. */
export async function runRound({ port, devices, nowSeconds, meter, besides }: Bench): Promise<Spent> {
  const others = Object.fromEntries(Object.entries(besides).map(([name, other]) => [name, -other.read()]))
  const opens = devices.map((device) => [device, device.openMessage()] as const)
  const opened = await metered(meter, () => Promise.all(opens.map(([device, message]) => port.open(device.walletId, message))))
  const sealed: (readonly [TestDevice, Sealed])[] = []
  for (const [index, device] of devices.entries()) {
    const answer = opened.value[index]
    assert(answer?.ok === true, 'a slot is given')
    assert(device.receiveSlot(answer.value).kind === 'slot-accepted', 'the slot fits')
    sealed.push([device, await device.seal(draftPayment(nowSeconds()))])
  }
  const checked = await metered(meter, () => Promise.all(sealed.map(([device, { message }]) => port.check(device.walletId, message))))
  const handles = checked.value.map((answer) => {
    assert(answer.ok && answer.value.outcome === 'ready', 'the message verifies')
    return answer.value.handle
  })
  const signed = await metered(meter, () => Promise.all(devices.map((device, index) => port.sign(device.walletId, handles[index] ?? ''))))
  for (const [name, other] of Object.entries(besides)) others[name] = (others[name] ?? 0) + other.read()
  for (const [index, [device, message]] of sealed.entries()) {
    const answer = signed.value[index]
    assert(answer?.ok === true && answer.value.outcome === 'signed', 'the vault signs')
    assert((await device.receiveDone(message, base64urlToBytes(answer.value.done))).kind === 'signed', 'the device has its signature')
  }
  return { open: opened.seconds, check: checked.seconds, sign: signed.seconds, besides: others }
}

async function metered<Value>(meter: Meter, work: () => Promise<Value>): Promise<{ readonly value: Value; readonly seconds: number }> {
  const before = meter.read()
  const value = await work()
  return { value, seconds: meter.read() - before }
}

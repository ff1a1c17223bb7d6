import { randomInt } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { createDevicePrimitives, type Primitives } from '@symbolon/custody/device'
import { bytesToHex } from '@symbolon/formats/bytes'
import type pg from 'pg'
import { createByteNeedles } from '../attacker/byte-needles.ts'
import { payLive, startLive, type Live, type LiveDevice } from '../attacker/live.ts'
import { listKeyCandidates, openSealedRow } from '../attacker/sealed-rows.ts'
import { keysFolderOf, vaultPublicKeyOf } from '../attacker/vault-folder.ts'
import { quickStretchPin } from '../attacker/device.ts'
import { connectTo, operatorPlanes } from '../canaries/places/of-operator.ts'
import { createNeedles, type Needle } from '../canaries/rules/needles.ts'
import { listRanges } from '../canaries/rules/planted.ts'
import type { Drill, DrillContext, DrillOutcome } from '../drill.ts'
import { dumpPlanes, searchDumps, type Dump } from './dumps.ts'
import { createRecorder, listSignatureShares, noteShares, type Recorder } from './device-secrets.ts'

const sizes = { small: { devices: 2, payments: 3, looks: 2 }, full: { devices: 10, payments: 40, looks: 30 } } as const

/** docs/custody.md 12: what the vault and edge never have, also not in memory, also not while a payment runs. */
export const drill: Drill = {
  name: 'memory',
  attackerHolds: 'the memory of edge and vault, read again and again while people pay, and once when all is done',
  claim:
    'No card number, PIN, stretched PIN, device share or whole key is ever there; edge has no signature share, and the vault keeps none',
  run: attack,
}

type Watched = LiveDevice & { readonly recorder: Recorder }

async function attack({ size, log, progress }: DrillContext): Promise<DrillOutcome> {
  const live = await startLive()
  const client = await connectTo(live.running.machinery().operatorDatabase)
  try {
    const { devices: count, payments, looks } = sizes[size]
    const primitives = await createDevicePrimitives((bytes) => new Uint8Array(bytes))
    const watched = await enrolAll(live, count)
    const found = new Set<string>()
    let searchedBytes = 0
    const look = (dumps: readonly Dump[], needles: readonly Needle[], when: string): void => {
      const result = searchDumps(dumps, needles)
      searchedBytes += result.bytes
      for (const name of result.names) found.add(`${name} ${when}`)
    }
    const paying = Promise.all(watched.map((one) => payOften(live, one, payments)))
    for (let turn = 0; turn < looks; turn += 1) {
      await wait(100 + randomInt(300))
      const { dumps, needles } = await whileStopped(live, async () => ({
        dumps: await dumpPlanes(live),
        needles: await listNeedles({ live, watched, client, primitives }),
      }))
      look(dumps, needles, 'while paying')
      progress(turn + 1, looks + 1)
    }
    await paying
    const dumps = await dumpPlanes(live)
    const secrets = { live, watched, client, primitives }
    look(dumps, await listNeedles(secrets), 'afterwards')
    const shares = await listShareNeedles(secrets)
    look(
      dumps.filter(({ plane }) => plane === 'edge'),
      shares.needles,
      'afterwards',
    )
    const stayed = searchDumps(
      dumps.filter(({ plane }) => plane === 'vault'),
      shares.needles,
    ).needles
    // What the runtime copies while it decrypts is out of reach: here and there one stays, where unwiped nearly all do.
    if (stayed * 3 > shares.signed) found.add(`${String(stayed)} signature shares of the device in vault afterwards`)
    progress(looks + 1, looks + 1)
    for (const name of found) log(name)
    const megabytes = Math.round(searchedBytes / 1e6)
    const obtained =
      found.size === 0
        ? `nothing in ${String(megabytes)} MB of memory; of ${String(shares.signed)} spent signature shares ${String(stayed)} still lay in the vault`
        : `in memory: ${[...found].join(', ')}`
    const figures = { megabytes, found: found.size, signed: shares.signed, sharesThatStayed: stayed }
    return { result: found.size === 0 ? 'withstood' : 'broken', obtained, figures }
  } finally {
    await client.end()
    await live.stop()
  }
}

async function enrolAll(live: Live, count: number): Promise<readonly Watched[]> {
  const ranges = listRanges(live.installation.directory)
  const watched: Watched[] = []
  for (const range of ranges.slice(0, count)) {
    const recorder = createRecorder()
    const device = await live.enrol(range, {
      stretchPin: async (pin, salt) => {
        const stretched = await quickStretchPin(pin, salt)
        recorder.stretched.push(Uint8Array.from(stretched))
        return stretched
      },
      randomBytes: (bytes) => {
        const drawn = crypto.getRandomValues(new Uint8Array(bytes))
        if (bytes === 32) recorder.drawn.push(Uint8Array.from(drawn))
        return drawn
      },
    })
    watched.push({ ...device, recorder })
  }
  return watched
}

// Planes that stand still for a moment may cost a payment: the person tries again, as people do.
async function payOften(live: Live, device: Watched, count: number): Promise<void> {
  const primitives = await createDevicePrimitives((bytes) => new Uint8Array(bytes))
  let paid = 0
  for (let tries = 0; paid < count; tries += 1) {
    if (tries > 4 * count) throw new Error('payments do not go through')
    noteShares(device.recorder, device, primitives)
    const outcome = await payLive(live, device).catch(() => 'failed')
    noteShares(device.recorder, device, primitives)
    if (outcome === 'paid') paid += 1
    else await wait(500)
  }
}

async function whileStopped<Value>(live: Live, work: () => Promise<Value>): Promise<Value> {
  for (const name of operatorPlanes) live.running.kill(name, 'SIGSTOP')
  try {
    return await work()
  } finally {
    for (const name of operatorPlanes) live.running.kill(name, 'SIGCONT')
  }
}

type Secrets = { readonly live: Live; readonly watched: readonly Watched[]; readonly client: pg.Client; readonly primitives: Primitives }

async function listNeedles({ live, watched, client, primitives }: Secrets): Promise<readonly Needle[]> {
  const needles: Needle[] = []
  for (const device of watched) {
    noteShares(device.recorder, device, primitives)
    const { card, recorder } = device
    needles.push(...createNeedles('a card number', card.primaryAccountNumber), ...createNeedles('a PIN', card.pin))
    // h is wiped and t with it; what the device stretched is the same for the whole life of the wallet.
    needles.push(...createByteNeedles('a stretched PIN', recorder.stretched[0] ?? new Uint8Array(32)))
    for (const share of recorder.shares.values()) needles.push(...createByteNeedles('a device share', share))
    const whole = await readWholeKey(live, device, { client, primitives })
    if (whole !== undefined) needles.push(...createByteNeedles('a whole key', whole))
  }
  return needles
}

/** z_d of every message that was signed. */
async function listShareNeedles({
  live,
  watched,
  client,
}: Secrets): Promise<{ readonly needles: readonly Needle[]; readonly signed: number }> {
  const vaultPublicKey = vaultPublicKeyOf(live.running.machinery())
  const needles: Needle[] = []
  let signed = 0
  for (const device of watched) {
    const { rows } = await client.query<{ message: Buffer }>('SELECT message FROM vault.signed_messages WHERE wallet_id = $1', [
      Buffer.from(device.walletId, 'hex'),
    ])
    const messages = rows.map(({ message }) => Uint8Array.from(message))
    signed += messages.length
    for (const share of await listSignatureShares(device.recorder, device, { messages, vaultPublicKey }))
      needles.push({ name: 'a signature share of the device', encoding: 'bytes', bytes: share })
  }
  return { needles, signed }
}

/** s = a_d + a_s, which the judge alone can add: with the device, the database and the key-encryption keys. */
async function readWholeKey(
  live: Live,
  { walletId, recorder }: Watched,
  { client, primitives }: { readonly client: pg.Client; readonly primitives: Primitives },
): Promise<Uint8Array | undefined> {
  const { rows } = await client.query<{ epoch_id: Buffer; share_sealed: Buffer }>(
    'SELECT epoch_id, share_sealed FROM vault.wallets WHERE wallet_id = $1',
    [Buffer.from(walletId, 'hex')],
  )
  const [row] = rows
  if (row === undefined) return undefined
  const epochId = bytesToHex(Uint8Array.from(row.epoch_id))
  const deviceShare = recorder.shares.get(epochId)
  const keys = listKeyCandidates(keysFolderOf(live.running.machinery()))
  const vaultShare = openSealedRow(keys, { walletId, epochId, column: 'share' }, Uint8Array.from(row.share_sealed))
  if (deviceShare === undefined || vaultShare === undefined) return undefined
  return primitives.group.addScalars(deviceShare, vaultShare)
}

import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { base64urlToBytes } from '@symbolon/formats/bytes'
import { createDatabase } from '@symbolon/service/database'
import { draftPayment, prepareVault, startOperatorSchema, TestDevice, type VaultProcess } from '@symbolon/testing/vault'
import { listKeyCandidates } from '../attacker/sealed-rows.ts'
import type { Drill, DrillContext, DrillOutcome } from '../drill.ts'
import { countOpened, countSealed, takeBackup, type Backup } from './backups.ts'

const sizes = { small: { wallets: 3, payments: 2, rotations: 2 }, full: { wallets: 50, payments: 10, rotations: 5 } } as const

/** docs/custody.md 15: against a thief of disk and key, healing is per generation of the key-encryption key. */
export const drill: Drill = {
  name: 'backup-theft',
  attackerHolds:
    'every backup of the vault’s tables since the beginning, and the whole folder of key-encryption keys of today, after a rotation',
  claim: 'Nothing that was sealed under an earlier generation opens any more',
  run: attack,
}

async function attack({ size, progress }: DrillContext): Promise<DrillOutcome> {
  const { wallets, payments, rotations } = sizes[size]
  const schema = await startOperatorSchema()
  const owner = createDatabase(schema.administrator)
  const place = prepareVault(schema.config('symbolon_vault'))
  try {
    const vault = await place.start()
    const devices: TestDevice[] = []
    for (let index = 0; index < wallets; index += 1) devices.push(await TestDevice.enrol(vault.port, place.vaultPublicKey, nowSeconds()))
    const earlier: Backup[] = []
    for (let rotation = 0; rotation < rotations; rotation += 1) {
      for (let paid = 0; paid < payments; paid += 1) {
        for (const device of devices) await pay(vault, device)
        earlier.push(await takeBackup(owner))
      }
      await rotate(vault)
      progress(rotation + 1, rotations)
    }
    for (const device of devices) await pay(vault, device)
    const today = await takeBackup(owner)
    // The theft: every 32 bytes that the folder gives, whatever the files are called.
    const keys = listKeyCandidates(join(place.folder, 'keys'))
    const opened = earlier.reduce((sum, backup) => sum + countOpened(backup, keys), 0)
    const sealed = earlier.reduce((sum, backup) => sum + countSealed(backup), 0)
    const openedToday = countOpened(today, keys)
    // The thief's tool has to work: what is sealed today opens with the key of today.
    if (openedToday === 0 || sealed === 0) throw new Error('the thief opens nothing at all, so nothing was tried')
    const figures = { backups: earlier.length, sealed, opened, openedToday }
    const obtained =
      opened === 0
        ? `today’s generation alone: of ${String(sealed)} values in ${String(earlier.length)} earlier backups none opens`
        : `${String(opened)} of ${String(sealed)} values in ${String(earlier.length)} earlier backups`
    return { result: opened === 0 ? 'withstood' : 'broken', obtained, figures }
  } finally {
    await place.stop()
    await owner.close()
    await schema.stop()
  }
}

const nowSeconds = (): number => Math.floor(Date.now() / 1_000)

async function pay(vault: VaultProcess, device: TestDevice): Promise<void> {
  const opened = await device.open(vault.port)
  if (opened.kind !== 'slot-accepted') throw new Error('a device gets no slot')
  const sealed = await device.seal(draftPayment(nowSeconds()))
  const checked = await vault.port.check(device.walletId, sealed.message)
  if (!checked.ok || checked.value.outcome !== 'ready') throw new Error('the vault takes no message')
  const signed = await vault.port.sign(device.walletId, checked.value.handle)
  if (!signed.ok || signed.value.outcome !== 'signed') throw new Error('the vault signs nothing')
  await device.receiveDone(sealed, base64urlToBytes(signed.value.done))
}

/** As the operator does it: over the vault's private socket. */
async function rotate(vault: VaultProcess): Promise<void> {
  await vault.client.call('POST', '/keys/rotate')
  for (let looks = 0; looks < 600; looks += 1) {
    const { body } = await vault.client.call('GET', '/keys/rotation')
    const state: unknown = typeof body === 'object' && body !== null ? Reflect.get(body, 'state') : undefined
    if (state === 'finished') return
    if (state === 'failed') break
    await wait(100)
  }
  throw new Error('the keys were not rotated')
}

import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { IssuedCertificates } from '@symbolon/contracts/certificates'
import type { JournalEntry } from '@symbolon/contracts/issuer-api'
import type { IssuerEntry } from '@symbolon/contracts/directory'
import type { SignedMessage } from '@symbolon/contracts/planes'
import { parseSignable, type SignableMessage } from '@symbolon/custody/device'
import { base64urlToBytes } from '@symbolon/formats/bytes'
import type { IsoFields, IsoMessage } from '@symbolon/formats/iso8583'
import { createIsoClient } from '@symbolon/service/iso8583-channel'
import { accountRanges, createAuthorizationMessage, createIssuerParty, issuerId, type IssuerParty } from '@symbolon/testing/issuer'
import { startTestPostgres } from '@symbolon/testing/postgres'
import { Value } from 'typebox/value'

export type PayMessage = Extract<SignableMessage, { readonly kind: 'pay' }>

/** The issuer's real front and host, reached as the operator reaches them: over ISO 8583, with whatever fields it likes. */
export type IssuerBench = {
  readonly entry: IssuerEntry
  /** What a signed message says. */
  read(signed: SignedMessage): PayMessage
  /** A 0200 of the operator around a signed message, under a new STAN and RRN; `changes` replaces fields. */
  build(
    signed: SignedMessage,
    changes?: { readonly fields?: IsoFields; readonly pay?: Partial<PayMessage>; readonly signed?: Partial<SignedMessage> },
  ): IsoMessage
  /** Sends it and answers the response code, or how it was not answered. */
  send(message: IsoMessage): Promise<string>
  /** What the host approved: money that moved. */
  approvals(): Promise<readonly JournalEntry[]>
  stop(): Promise<void>
}

export async function startIssuerBench(folder: string, operatorId: string): Promise<IssuerBench> {
  const postgres = await startTestPostgres()
  const party = await createIssuerParty(postgres, folder, 'bcd', { operator: operatorId })
  await party.startHost()
  await party.startFront()
  const link = createIsoClient({
    address: { host: '127.0.0.1', port: party.linkPort },
    dialect: 'bcd',
    answerTimeoutMs: 10_000,
    longestReconnectMs: 200,
  })
  if (!(await link.whenConnected(10_000))) throw new Error('the front takes no connection')
  let trace = 200_000
  const name = { ko: '시험', en: 'Test' }
  return {
    entry: {
      issuerId,
      name,
      origin: party.origin,
      accountRanges: toRanges(),
      sealingKeys: certifySealingKeys(party, folder),
      certificateKey: party.keys.certificateKey,
    },
    read: readPay,
    build: (signed, changes = {}) => {
      trace += 1
      const wrapped = { ...signed, ...changes.signed }
      const bytes = {
        message: base64urlToBytes(wrapped.message),
        signature: base64urlToBytes(wrapped.signature),
        deviceSignature: base64urlToBytes(wrapped.deviceSignature),
      }
      const message = createAuthorizationMessage(party, { ...readPay(signed), ...changes.pay }, { ...bytes, stan: String(trace) })
      return { ...message, fields: { ...message.fields, ...changes.fields } }
    },
    send: async (message) => {
      const exchange = await link.send(message)
      return exchange.kind === 'answered' ? (exchange.answer.fields.responseCode ?? 'no code') : exchange.kind
    },
    approvals: () => readApprovals(party),
    stop: async () => {
      await link.close()
      await party.stop()
      await postgres.stop()
    },
  }
}

const certifyProgram = fileURLToPath(new URL('../../../packages/issuer/dist/front/certify.js', import.meta.url))

/** The front's own program signs, with the front's own key, what a device has to believe of its sealing keys. */
function certifySealingKeys({ keys }: IssuerParty, folder: string): IssuerEntry['sealingKeys'] {
  const now = Math.floor(Date.now() / 1_000)
  return keys.sealingKeys.map((sealingKey) => {
    const key = createHash('sha256').update(base64urlToBytes(sealingKey.publicKey)).digest('hex')
    const request = { issuerId, from: now - 3_600, to: now + 86_400, keys: [{ kind: 'sealing-key', subjectId: issuerId, key }] }
    const args = [certifyProgram, '--keys', join(folder, 'keys-bcd')]
    const { stdout } = spawnSync(process.execPath, args, { input: JSON.stringify(request), encoding: 'utf8' })
    const [issued] = Value.Parse(IssuedCertificates, JSON.parse(stdout))
    if (issued === undefined) throw new Error('the front certifies its own key')
    return { ...sealingKey, certificate: issued.certificate, signature: issued.signature }
  })
}

function readPay({ message }: SignedMessage): PayMessage {
  const signable = parseSignable(base64urlToBytes(message))
  if (!signable.ok || signable.value.kind !== 'pay') throw new Error('the device signed no payment')
  return signable.value
}

// A reversal may still be on its way to the host: its books are read when they have stood still for a moment.
async function readApprovals(party: IssuerParty): Promise<readonly JournalEntry[]> {
  let entries = await party.hostJournal()
  for (let reads = 0; reads < 10; reads += 1) {
    await wait(150)
    const again = await party.hostJournal()
    if (again.length === entries.length) break
    entries = again
  }
  const outcomeByNumber = new Map(entries.map((entry) => [entry.retrievalReferenceNumber, entry]))
  return [...outcomeByNumber.values()].filter(({ outcome }) => outcome === 'approved')
}

function toRanges(): IssuerEntry['accountRanges'] {
  return accountRanges.flatMap(({ low, high, panLengths, network }) =>
    network === 'visa' || network === 'american-express' ? [{ low, high, panLengths, network }] : [],
  )
}

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { encodeOriginalDataElements, type IsoMessage } from '@symbolon/formats/iso8583'
import { createIsoClient, type IsoClient } from '@symbolon/service/iso8583-channel'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { highKeyLimits } from '../issuer/high-key-limits.ts'
import { createIssuerParty, type IssuerParty } from '../issuer/issuer-party.ts'
import { card, createPayment, createReversal, createTestWallet, enrol } from '../issuer/test-wallet.ts'
import { startTestPostgres } from '../postgres.ts'
import { startJposHost, textOf, type JposHost, type SeenMessage } from './jpos-host.ts'
import { isPeerReady, prepareJpos } from './peer-tools.ts'

const jpos = prepareJpos()

describe.skipIf(!isPeerReady('jPOS as authorization host', jpos.problem)).each(['ascii', 'bcd'] as const)(
  'jPOS, unchanged, is the authorization host behind a front (%s)',
  (dialect) => {
    const wallet = createTestWallet()
    const stops: (() => unknown)[] = []
    let party: IssuerParty
    let host: JposHost
    let link: IsoClient
    let token: Uint8Array

    beforeAll(async () => {
      const postgres = await startTestPostgres()
      stops.push(() => postgres.stop())
      const folder = mkdtempSync(join(tmpdir(), 'peer-'))
      stops.push(() => rmSync(folder, { recursive: true, force: true }))
      party = await createIssuerParty(postgres, folder, dialect, { keyLimits: highKeyLimits })
      host = await startJposHost(jpos.classPath, dialect, party.hostPort)
      stops.push(() => host.stop())
      await party.startFront()
      stops.push(() => party.stop())
      link = createIsoClient({ address: { host: '127.0.0.1', port: party.linkPort }, dialect, answerTimeoutMs: 30_000 })
      stops.push(() => link.close())
      await link.whenConnected(10_000)
      token = await enrol(party, wallet)
    })
    afterAll(async () => {
      for (const stop of stops.toReversed()) await stop()
    })

    const pay = (amountMinorUnits: bigint, instalmentMonths = 0): IsoMessage =>
      createPayment(party, wallet, token, { amountMinorUnits, instalmentMonths }).message
    const ask = async (message: IsoMessage) => {
      const exchange = await link.send(message)
      if (exchange.kind !== 'answered') throw new Error('the front answers')
      return exchange.answer.fields
    }
    const seenByHost = ({ fields }: IsoMessage, types = ['0200']): readonly SeenMessage[] =>
      host.seen.filter((seen) => types.includes(seen.type) && textOf(seen, 37) === fields.retrievalReferenceNumber)
    const frontSays = async ({ fields }: IsoMessage): Promise<string | undefined> =>
      (await party.frontJournal()).findLast((entry) => entry.retrievalReferenceNumber === fields.retrievalReferenceNumber)?.outcome
    const until = async (condition: () => boolean | Promise<boolean>): Promise<void> => {
      const deadline = Date.now() + 15_000
      while (!(await condition())) {
        if (Date.now() > deadline) throw new Error('it did not happen in time')
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
    }

    it('signs the front on', () => expect(host.seen.map((seen) => [seen.type, textOf(seen, 70)])).toContainEqual(['0800', '001']))

    it('reads an ordinary request with the card, and nothing of a wallet; its approval arrives', async () => {
      const message = pay(12_345n, 3)
      const answer = await ask(message)
      expect(answer).toMatchObject({ responseCode: '00' })
      const [seen] = seenByHost(message)
      expect(answer.authorizationIdResponse).toMatch(/^7[0-9]{5}$/u)
      expect({
        2: textOf(seen, 2),
        4: textOf(seen, 4),
        14: textOf(seen, 14),
        22: textOf(seen, 22),
        49: textOf(seen, 49),
        67: textOf(seen, 67),
      }).toEqual({
        2: card.primaryAccountNumber,
        4: '000000012345',
        14: card.expiry,
        22: '810',
        49: '410',
        67: '03',
      })
      for (const ours of [48, 55, 60, 61, 62, 63]) expect(seen?.values).not.toHaveProperty(String(ours))
      expect(await frontSays(message)).toBe('approved')
    })

    it('may decline', async () => {
      const message = pay(1_000_001n)
      expect(await ask(message)).toMatchObject({ responseCode: '51' })
      expect(await frontSays(message)).toBe('declined')
    })

    it('is reversed after its silence, by a message that names the original', async () => {
      const message = pay(1_999n)
      expect((await ask(message)).responseCode).not.toBe('00')
      await until(() => seenByHost(message, ['0420', '0421']).length > 0)
      const [original] = seenByHost(message)
      const [reversal] = seenByHost(message, ['0420', '0421'])
      expect(reversal?.type).toBe('0420')
      expect(textOf(reversal, 90)).toBe(
        encodeOriginalDataElements({
          messageType: '0200',
          systemsTraceAuditNumber: textOf(original, 11) ?? '',
          transmissionDateTime: textOf(original, 7) ?? '',
          acquiringInstitutionId: textOf(original, 32) ?? '',
        }),
      )
    })

    it('is reversed when the operator takes a payment back', async () => {
      const message = pay(5_000n)
      expect(await ask(message)).toMatchObject({ responseCode: '00' })
      expect(await ask(createReversal(message))).toMatchObject({ responseCode: '00' })
      await until(() => seenByHost(message, ['0420', '0421']).length === 1)
      await until(async () => (await frontSays(message)) === 'reversed')
    })

    it('answers fifty in flight on one connection', async () => {
      const messages = Array.from({ length: 50 }, (_unused, index) => pay(BigInt(10_000 + index)))
      const answers = await Promise.all(messages.map(ask))
      expect(answers.filter(({ responseCode }) => responseCode === '00')).toHaveLength(50)
      expect(new Set(answers.map(({ authorizationIdResponse }) => authorizationIdResponse)).size).toBe(50)
      messages.forEach((message) => expect(seenByHost(message)).toHaveLength(1))
    })
  },
)

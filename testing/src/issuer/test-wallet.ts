import { generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto'
import type { CardData, Enrolment, EnrolmentOpened, EnrolmentSubmit } from '@symbolon/contracts/issuer-api'
import { authorizationDataTags } from '@symbolon/contracts/issuer-link'
import { deriveCardAcceptorId } from '@symbolon/contracts/payment-request'
import { encodeDeviceSignatureInput, encodeSignable, sealToIssuer, type SignableMessage } from '@symbolon/custody/device'
import { base64urlToBytes, bytesToBase64, bytesToBase64url, bytesToHex, hexToBytes, utf8ToBytes } from '@symbolon/formats/bytes'
import { luhnCheckDigit } from '@symbolon/formats/cards'
import type { IsoFields, IsoMessage } from '@symbolon/formats/iso8583'
import { encodeTlv } from '@symbolon/formats/tlv'
import { issuerId, operatorId, type IssuerParty } from './issuer-party.ts'

type Pay = Extract<SignableMessage, { kind: 'pay' }>
export type Signed = { readonly message: Uint8Array; readonly signature: Uint8Array; readonly deviceSignature: Uint8Array }

/**
 * A wallet as an issuer sees it: a joint key (here held whole: to an issuer the joint signature is an ordinary Ed25519 one) and a
 * device key.
 */
export type TestWallet = {
  readonly walletId: Uint8Array
  sign(message: SignableMessage): Signed
  /** The device key alone, over any message. */
  signAsDevice(message: Uint8Array): Uint8Array
  readonly walletKey: Uint8Array
  readonly deviceKey: Uint8Array
}

export function createTestWallet(): TestWallet {
  const joint = generateKeyPairSync('ed25519')
  const device = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const export_ = (key: KeyObject): Uint8Array => new Uint8Array(key.export({ format: 'der', type: 'spki' }))
  const signAsDevice = (message: Uint8Array): Uint8Array =>
    new Uint8Array(sign('sha256', encodeDeviceSignatureInput(message), { key: device.privateKey, dsaEncoding: 'ieee-p1363' }))
  return {
    walletId: new Uint8Array(randomBytes(16)),
    walletKey: export_(joint.publicKey).slice(12),
    deviceKey: export_(device.publicKey),
    signAsDevice,
    sign: (content) => {
      const message = encodeSignable(content)
      return { message, signature: new Uint8Array(sign(null, message, joint.privateKey)), deviceSignature: signAsDevice(message) }
    },
  }
}

export const card: CardData = {
  primaryAccountNumber: '4111111111111111',
  expiry: '4912',
  securityCode: '123',
  holderName: 'KIM MINJI',
  phoneNumber: '010-1234-5678',
  postalAddress: '',
}

let cards = 0

/** Another card of the same issuer each time: what one test does to an account does not meet the next. */
export function nextCard(): CardData {
  cards += 1
  const body = `411111111${String(cards).padStart(6, '0')}`
  return { ...card, primaryAccountNumber: `${body}${luhnCheckDigit(body)}` }
}

export async function openEnrolment(party: IssuerParty, wallet: TestWallet): Promise<EnrolmentOpened> {
  const body = JSON.stringify({ walletId: bytesToHex(wallet.walletId), operatorId })
  const response = await fetch(`${party.origin}/v1/enrolments`, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- our own program's documented answer
  return (await response.json()) as EnrolmentOpened
}

export async function createSubmit(
  party: IssuerParty,
  wallet: TestWallet,
  opened: EnrolmentOpened,
  data: CardData = card,
): Promise<EnrolmentSubmit> {
  const issuerNonce = hexToBytes(opened.nonce)
  const binding = { issuerId: hexToBytes(issuerId), issuerNonce, walletId: wallet.walletId }
  const sealed = await sealToIssuer(base64urlToBytes(party.keys.sealingKeys[0].publicKey), binding, utf8ToBytes(JSON.stringify(data)))
  if (!sealed.ok) throw new Error('a card can be sealed')
  const signed = wallet.sign(createBind(wallet, opened.nonce))
  return {
    keyId: party.keys.sealingKeys[0].keyId,
    encapsulatedSecret: bytesToBase64url(sealed.value.encapsulatedSecret),
    ciphertext: bytesToBase64url(sealed.value.ciphertext),
    message: bytesToBase64url(signed.message),
    signature: bytesToBase64url(signed.signature),
    deviceKeyKind: 0,
    deviceSignature: bytesToBase64url(signed.deviceSignature),
  }
}

/** The message that binds a wallet to whoever gave that nonce. */
export function createBind(wallet: TestWallet, nonce: string): SignableMessage {
  return {
    kind: 'bind',
    walletId: wallet.walletId,
    slotHash: new Uint8Array(randomBytes(32)),
    paymentAttemptId: new Uint8Array(randomBytes(16)),
    walletKey: wallet.walletKey,
    deviceKey: wallet.deviceKey,
    operatorId: hexToBytes(operatorId),
    issuerNonce: hexToBytes(nonce),
    expiresAt: Math.floor(Date.now() / 1_000) + 60,
  }
}

export async function callEnrolment(
  party: IssuerParty,
  enrolmentId: string,
  submit?: EnrolmentSubmit,
): Promise<{ readonly status: number; readonly body: Enrolment & { readonly code?: string } }> {
  const post = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(submit) }
  const response = await fetch(`${party.origin}/v1/enrolments/${enrolmentId}`, submit === undefined ? {} : post)
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- our own program's documented answer
  return { status: response.status, body: (await response.json()) as Enrolment }
}

/** Presses a button of the approval page, as a browser does. */
export async function press(
  approvalUrl: string,
  decision: 'approve' | 'refuse',
  more: Readonly<Record<string, string>> = {},
): Promise<{ readonly status: number; readonly html: string }> {
  const page = await (await fetch(`${approvalUrl}?lang=en`)).text()
  const formToken = /name="formToken" value="([0-9a-f]{64})"/u.exec(page)?.[1] ?? ''
  const body = new URLSearchParams({ formToken, decision, ...more })
  const response = await fetch(`${approvalUrl}?lang=en`, { method: 'POST', body })
  return { status: response.status, html: await response.text() }
}

/** Adds a card to a wallet, from the first call to the token. */
export async function enrol(party: IssuerParty, wallet: TestWallet, data: CardData = card): Promise<Uint8Array> {
  const opened = await openEnrolment(party, wallet)
  const submitted = await callEnrolment(party, opened.enrolmentId, await createSubmit(party, wallet, opened, data))
  await press(submitted.body.approvalUrl ?? '', 'approve')
  const { body } = await callEnrolment(party, opened.enrolmentId)
  return hexToBytes(body.tokenReferenceId ?? '')
}

let lastTrace = 100_000

/** A payment of that wallet: what it signed, and the 0200 that link would make of it. */
export function createPayment(party: IssuerParty, wallet: TestWallet, token: Uint8Array, change: Partial<Pay> = {}): TestPayment {
  const pay: Pay = {
    kind: 'pay',
    walletId: wallet.walletId,
    tokenReferenceId: token,
    slotHash: new Uint8Array(randomBytes(32)),
    paymentAttemptId: new Uint8Array(randomBytes(16)),
    merchantId: new Uint8Array(16).fill(7),
    requestHash: new Uint8Array(randomBytes(32)),
    amountMinorUnits: 12_000n,
    currencyNumeric: 410,
    instalmentMonths: 0,
    expiresAt: Math.floor(Date.now() / 1_000) + 60,
    channel: 1,
    ...change,
  }
  lastTrace += 1
  return {
    pay,
    signed: wallet.sign(pay),
    message: createAuthorizationMessage(party, pay, { ...wallet.sign(pay), stan: String(lastTrace) }),
  }
}
export type TestPayment = { readonly pay: Pay; readonly signed: Signed; readonly message: IsoMessage }

/** The 0200 that link would make of a signed payment. */
export function createAuthorizationMessage(
  party: Pick<IssuerParty, 'dialect'>,
  pay: Pay,
  signed: Signed & { readonly stan: string },
): IsoMessage {
  const now = new Date().toISOString().replace(/[^0-9]/gu, '')
  const data = encodeTlv([
    { tag: authorizationDataTags.tokenReferenceId.tag, value: pay.tokenReferenceId },
    { tag: authorizationDataTags.signedMessage.tag, value: signed.message },
    { tag: authorizationDataTags.jointSignature.tag, value: signed.signature },
    { tag: authorizationDataTags.deviceKeyKind.tag, value: Uint8Array.of(0) },
    { tag: authorizationDataTags.deviceSignature.tag, value: signed.deviceSignature },
  ])
  return {
    messageType: '0200',
    fields: {
      processingCode: '000000',
      transactionAmount: String(pay.amountMinorUnits).padStart(12, '0'),
      transmissionDateTime: now.slice(4, 14),
      systemsTraceAuditNumber: signed.stan,
      localTransactionTime: now.slice(8, 14),
      localTransactionDate: now.slice(4, 8),
      merchantType: '5999',
      posEntryMode: '810',
      posConditionCode: '59',
      acquiringInstitutionId: '423935',
      retrievalReferenceNumber: `633000${signed.stan}`,
      cardAcceptorTerminalId: 'SYMB0001',
      cardAcceptorId: deriveCardAcceptorId(pay.merchantId),
      cardAcceptorNameLocation: 'A TEST SHOP SEOUL KR'.padEnd(40),
      additionalData: party.dialect === 'bcd' ? data : utf8ToBytes(bytesToBase64(data)),
      transactionCurrencyCode: String(pay.currencyNumeric),
    },
  }
}

/** The reversal of a 0200, as link makes it. */
export function createReversal({ fields }: IsoMessage, messageType: '0420' | '0421' = '0420'): IsoMessage {
  lastTrace += 1
  const { systemsTraceAuditNumber = '', transmissionDateTime = '', acquiringInstitutionId = '' } = fields
  const kept: IsoFields = {
    processingCode: fields.processingCode,
    transactionAmount: fields.transactionAmount,
    posEntryMode: fields.posEntryMode,
    posConditionCode: fields.posConditionCode,
    acquiringInstitutionId,
    retrievalReferenceNumber: fields.retrievalReferenceNumber,
    cardAcceptorTerminalId: fields.cardAcceptorTerminalId,
    cardAcceptorId: fields.cardAcceptorId,
    transactionCurrencyCode: fields.transactionCurrencyCode,
  }
  const originalDataElements = `0200${systemsTraceAuditNumber}${transmissionDateTime}${acquiringInstitutionId.padStart(11, '0')}${'0'.repeat(11)}`
  return { messageType, fields: { ...kept, transmissionDateTime, systemsTraceAuditNumber: String(lastTrace), originalDataElements } }
}

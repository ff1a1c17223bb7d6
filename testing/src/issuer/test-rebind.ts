import type { Rebind, RebindOpened, RebindSubmit } from '@symbolon/contracts/rebind-api'
import { suspensionCauseCodes, tokenFile, tokenUpdateTags, type SuspensionCause } from '@symbolon/contracts/issuer-link'
import { bytesToBase64, bytesToBase64url, bytesToHex, utf8ToBytes } from '@symbolon/formats/bytes'
import type { IsoMessage } from '@symbolon/formats/iso8583'
import { encodeTlv } from '@symbolon/formats/tlv'
import { operatorId, type IssuerParty } from './issuer-party.ts'
import { createBind, type TestWallet } from './test-wallet.ts'

type Answer<Body> = { readonly status: number; readonly body: Body & { readonly code?: string } }

async function call<Body>(party: IssuerParty, path: string, body?: unknown): Promise<Answer<Body>> {
  const post = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
  const response = await fetch(`${party.origin}/v1/rebinds${path}`, body === undefined ? {} : post)
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- our own program's documented answer
  return { status: response.status, body: (await response.json()) as Body & { readonly code?: string } }
}

export function openRebind(party: IssuerParty, wallet: TestWallet, tokens: readonly Uint8Array[]): Promise<Answer<RebindOpened>> {
  return call(party, '', { walletId: bytesToHex(wallet.walletId), operatorId, tokenReferenceIds: tokens.map(bytesToHex) })
}

/** The binding of the new wallet, signed also by the device key of the old one where there is one. */
export function createRebindSubmit(wallet: TestWallet, opened: RebindOpened, old?: TestWallet): RebindSubmit {
  const signed = wallet.sign(createBind(wallet, opened.nonce))
  return {
    message: bytesToBase64url(signed.message),
    signature: bytesToBase64url(signed.signature),
    deviceKeyKind: 0,
    deviceSignature: bytesToBase64url(signed.deviceSignature),
    ...(old === undefined ? {} : { oldDeviceSignature: bytesToBase64url(old.signAsDevice(signed.message)) }),
  }
}

export function callRebind(party: IssuerParty, rebindId: string, submit?: RebindSubmit): Promise<Answer<Rebind>> {
  return call(party, `/${rebindId}`, submit)
}

let lastTrace = 700_000

/** What link sends when a wallet froze. */
export function createTokenUpdate(
  party: IssuerParty,
  word: { readonly token: Uint8Array; readonly wallet: TestWallet; readonly cause: SuspensionCause },
): IsoMessage {
  lastTrace += 1
  const data = encodeTlv([
    { tag: tokenUpdateTags.tokenReferenceId.tag, value: word.token },
    { tag: tokenUpdateTags.walletId.tag, value: word.wallet.walletId },
    { tag: tokenUpdateTags.cause.tag, value: Uint8Array.of(suspensionCauseCodes[word.cause]) },
  ])
  return {
    messageType: '0300',
    fields: {
      transmissionDateTime: new Date()
        .toISOString()
        .replace(/[^0-9]/gu, '')
        .slice(4, 14),
      systemsTraceAuditNumber: String(lastTrace),
      acquiringInstitutionId: '423935',
      cardAcceptorTerminalId: 'SYMB0001',
      additionalData: party.dialect === 'bcd' ? data : utf8ToBytes(bytesToBase64(data)),
      fileUpdateCode: tokenFile.updateCode,
      fileName: tokenFile.name,
    },
  }
}

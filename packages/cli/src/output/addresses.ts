import type { Installation } from '@symbolon/contracts/installation'
import { testCards } from '../sandbox/issuers.ts'

/** The addresses of a running installation, by the word that names them. Each answers a GET. */
export function listAddresses(installation: Installation): Readonly<Record<string, string>> {
  return {
    chat: `${installation.edgeOrigin}/`,
    mall: `${installation.mallOrigin}/`,
    'device frame': `${installation.deviceOrigin}/`,
    'merchant API': `${installation.edgeOrigin}/openapi.json`,
    ...Object.fromEntries(installation.issuers.map(({ name, frontOrigin }) => [name.en, `${frontOrigin}/`])),
  }
}

/** What somebody sees who has just started it: where everything is, and what to do first, in both languages. */
export function describeFirstSteps(installation: Installation): string {
  const addresses = Object.entries(listAddresses(installation))
  const width = Math.max(...addresses.map(([name]) => name.length))
  const cards = testCards.map(({ network, primaryAccountNumber }) => `  ${network.padEnd(16)} ${groupByFour(primaryAccountNumber)}`)
  return [
    '',
    ...addresses.map(([name, address]) => `  ${name.padEnd(width)}  ${address}`),
    ...(installation.frameBundleHash === undefined ? [] : [`  ${'frame bundle'.padEnd(width)}  sha256 ${installation.frameBundleHash}`]),
    '',
    'What to do first',
    `  1. Open the mall (${installation.mallOrigin}/), put something into the basket and choose to pay.`,
    '  2. In the chat page make a wallet with a PIN, then add one of the test cards below (any later expiry, any security code).',
    '  3. The card’s issuer asks on a page of its own: press approve. Then confirm the payment with your PIN.',
    '먼저 해 볼 일',
    `  1. 쇼핑몰(${installation.mallOrigin}/)에서 상품을 담고 결제를 누르세요.`,
    '  2. 채팅 화면에서 PIN을 정해 지갑을 만들고 아래 시험 카드를 등록하세요 (유효기간은 미래 아무 달, CVC는 아무 숫자).',
    '  3. 카드사 화면이 따로 열리면 승인을 누르고, PIN으로 결제를 확인하세요.',
    'Published test numbers, no real cards · 공개된 시험용 카드번호',
    ...cards,
    '',
  ].join('\n')
}

function groupByFour(text: string): string {
  return text.replaceAll(/(\d{4})(?=\d)/gu, '$1 ')
}

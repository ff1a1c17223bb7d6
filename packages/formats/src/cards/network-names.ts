import type { CardNetworkName } from './networks.ts'

/** Networks as people write them; brands keep their own letters in Korean too. A network without a name breaks the build. */
export const networkNames: Readonly<Record<CardNetworkName, { readonly ko: string; readonly en: string }>> = {
  visa: { ko: 'Visa', en: 'Visa' },
  mastercard: { ko: 'Mastercard', en: 'Mastercard' },
  'american-express': { ko: 'American Express', en: 'American Express' },
  jcb: { ko: 'JCB', en: 'JCB' },
  unionpay: { ko: 'UnionPay', en: 'UnionPay' },
  'diners-club': { ko: 'Diners Club', en: 'Diners Club' },
  discover: { ko: 'Discover', en: 'Discover' },
  bccard: { ko: 'BC카드', en: 'BC Card' },
  'korean-domestic': { ko: '국내전용', en: 'Korean domestic' },
}

/** The name for people; a network that is not known yet (an API may grow) is shown as it is spelt. */
export function describeNetwork(network: string, language: 'ko' | 'en'): string {
  return isNamed(network) ? networkNames[network][language] : network
}

function isNamed(network: string): network is CardNetworkName {
  return Object.hasOwn(networkNames, network)
}

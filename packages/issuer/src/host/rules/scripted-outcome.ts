/** Answers on demand, by the last three digits of the amount in minor units; see docs/sandbox-outcomes.md. */
export const scriptedResponseCodes: Readonly<Record<string, string>> = {
  '005': '05',
  '041': '41',
  '043': '43',
  '051': '51',
  '054': '54',
  '057': '57',
  '061': '61',
  '062': '62',
  '065': '65',
  '096': '96',
}
/** The amount is approved and written down, but the answer never leaves. */
export const silentAmountEnding = '091'

export function amountEnding(amountMinorUnits: bigint): string {
  return String(amountMinorUnits % 1_000n).padStart(3, '0')
}

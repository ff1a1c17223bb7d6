export { isLuhnValid, luhnCheckDigit } from './luhn.ts'
export { cardNetworks, type CardNetwork, type CardNetworkName } from './networks.ts'
export { inspectCardNumber, groupCardNumber, type CardNumberInspection } from './card-number.ts'
export { findCardNumberRuns, hasCardNumberRun } from './card-number-runs.ts'

const high = { KRW: '5000000', USD: '500000', JPY: '500000', EUR: '500000' }
const limits = { perPayment: high, perDay: high, paymentsPerDay: 1_000 }

/** Limits of device keys that no test reaches: for tests in which another limit, or the host, says no. */
export const highKeyLimits = {
  'browser-storage': limits,
  'passkey-synced': limits,
  'passkey-device-bound': limits,
  'passkey-attested': limits,
}

/** What the command line answers to whoever started it. */
export const exitCodes = { ok: 0, failure: 1, usage: 2, configuration: 3, network: 4, verification: 5, interrupted: 130 } as const

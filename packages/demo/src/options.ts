import { parseArgs } from 'node:util'
import { fail, ok, type Result } from '@symbolon/formats/result'

export type Options = {
  readonly installationFile: string
  readonly json: boolean
  readonly paymentCount: number
  readonly cardsFile?: string
  readonly paymentsFile?: string
  readonly plantedFile?: string
}

export const usage =
  'usage: main.js --run RUN.json [--json] [--payments N | --payments FILE.csv] [--cards FILE.csv] [--payments-file FILE.csv] [--planted FILE]'

const defaultPaymentCount = 224
const maximumPaymentCount = 100_000

/** Reads the command line. `--payments` takes a number, or a list of the user's own. */
export function parseOptions(argv: readonly string[]): Result<Options, string> {
  let values: Partial<Record<'run' | 'installation' | 'payments' | 'payments-file' | 'cards' | 'planted', string>> & { json?: boolean }
  try {
    const text = { type: 'string' } as const
    const options = {
      run: text,
      installation: text,
      payments: text,
      'payments-file': text,
      cards: text,
      planted: text,
      json: { type: 'boolean' },
    } as const
    values = parseArgs({ args: [...argv], options }).values
  } catch {
    return fail(usage)
  }
  const installationFile = values.run ?? values.installation
  if (installationFile === undefined) return fail(usage)
  const isCount = values.payments !== undefined && /^[0-9]{1,7}$/u.test(values.payments)
  const paymentCount = isCount ? Number(values.payments) : defaultPaymentCount
  if (paymentCount < 1 || paymentCount > maximumPaymentCount) return fail(`--payments is 1 to ${maximumPaymentCount}`)
  const paymentsFile = values['payments-file'] ?? (isCount ? undefined : values.payments)
  return ok({
    installationFile,
    json: values.json ?? false,
    paymentCount,
    ...(values.cards === undefined ? {} : { cardsFile: values.cards }),
    ...(paymentsFile === undefined ? {} : { paymentsFile }),
    ...(values.planted === undefined ? {} : { plantedFile: values.planted }),
  })
}

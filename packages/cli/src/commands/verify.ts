import { join } from 'node:path'
import { exitCodes } from '../output/exit-codes.ts'
import { paint } from '../output/terminal.ts'
import { readLocalFrame } from '../setup/local-frame.ts'
import { pages } from '../setup/programs.ts'
import { findCheckout } from '../state/home.ts'
import { verifyServedFrame, type FrameReport } from '../verify/served-frame.ts'
import { jsonOption, makeCommand } from './command.ts'

export const verifyCommand = makeCommand({
  name: 'verify',
  description:
    'Compare what an address serves as the device frame with this checkout’s own build, or with a hash. Exit code 5: it differs.',
  args: {
    subject: { type: 'positional', description: 'what to verify: frame', required: true },
    url: { type: 'positional', description: 'origin that serves the frame, such as https://wallet.example', required: true },
    hash: { type: 'string', description: 'bundle hash to compare with, instead of this checkout’s own build' },
    json: jsonOption,
  },
  run: ({ subject, url, hash, json }) => verify({ subject, url, hash, json }),
})

type Options = { readonly subject: string; readonly url: string; readonly hash: string | undefined; readonly json: boolean }

async function verify({ subject, url, hash, json }: Options): Promise<number> {
  if (subject !== 'frame' || !/^https?:$/u.test(URL.canParse(url) ? new URL(url).protocol : '')) {
    process.stderr.write('usage: npm run symbolon -- verify frame URL [--hash H]\n')
    return exitCodes.usage
  }
  if (hash !== undefined && !/^[0-9a-f]{64}$/u.test(hash)) {
    process.stderr.write('A bundle hash is 64 hexadecimal digits, in small letters.\n')
    return exitCodes.usage
  }
  const wanted = hash ?? readLocalFrame(join(findCheckout(), pages.deviceFrame)).hash
  const report = await verifyServedFrame(new URL(url).origin, wanted)
  if (json)
    process.stdout.write(`${JSON.stringify({ version: 1, wanted, against: hash === undefined ? 'own build' : 'hash', ...report })}\n`)
  else tell(report, wanted)
  if (report.result === 'unreachable') return exitCodes.network
  return report.result === 'same' ? exitCodes.ok : exitCodes.verification
}

function tell(report: FrameReport, wanted: string): void {
  const isSame = report.result === 'same'
  process.stdout.write(`${paint(process.stdout, isSame ? 'good' : 'bad', isSame ? '✓' : '✗')} ${report.result}: ${wanted}\n`)
  for (const finding of report.findings) process.stdout.write(`  ${finding}\n`)
  if (report.directoryHash !== undefined) process.stdout.write(`  directory of issuers: sha256 ${report.directoryHash}\n`)
  for (const { name, certificateKey } of report.anchors) process.stdout.write(`  trusts ${name}, certificate key ${certificateKey}\n`)
}

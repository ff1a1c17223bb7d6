import type { VaultPort } from '@symbolon/testing/vault'

export type Sample = { readonly verb: 'open' | 'check' | 'alarm' | 'accept'; readonly message: Uint8Array }
type Random = (size: number) => Uint8Array

/** Bytes that somebody sends in place of a good message: bent, cut, grown, spliced, with wrong lengths, or noise. */
export function bend(sample: Uint8Array, other: Uint8Array, random: Random): Uint8Array {
  const [way = 0, high = 0, low = 0, value = 0] = random(4)
  const at = sample.length === 0 ? 0 : (high * 256 + low) % sample.length
  switch (way % 7) {
    case 0:
      return sample.map((byte, index) => (index === at ? byte ^ (1 << (value % 8)) : byte))
    case 1:
      return sample.slice(0, at)
    case 2:
      return Uint8Array.of(...sample, ...random(1 + (value % 40)))
    case 3:
      return Uint8Array.of(...sample.subarray(0, at), ...other.subarray(at))
    case 4:
      return Uint8Array.of(...sample.subarray(0, at), ...random(2), ...sample.subarray(at + 2))
    case 5:
      return Uint8Array.of(...sample.subarray(0, at), ...sample.subarray(at + 1 + (value % 20)))
    default:
      return random(1 + ((high * 256 + low) % 1_500))
  }
}

/** Sends a message where its verb says, and signs what is accepted. Answers the word of the vault. */
export async function send(port: VaultPort, walletId: string, { verb, message }: Sample): Promise<string> {
  switch (verb) {
    case 'open':
      return wordOf(await port.open(walletId, message))
    case 'alarm':
      return wordOf(await port.alarm(walletId, message))
    case 'accept':
      return wordOf(await port.accept(walletId, message))
    case 'check': {
      const checked = await port.check(walletId, message)
      if (!checked.ok || checked.value.outcome === 'repeated') return wordOf(checked)
      const signed = await port.sign(walletId, checked.value.handle)
      return signed.ok ? signed.value.outcome : signed.problem.code
    }
  }
}

function wordOf(result: { readonly ok: boolean; readonly problem?: { readonly code: string } }): string {
  return result.problem?.code ?? 'taken'
}

import { base64urlToBytes } from '@symbolon/formats/bytes'
import { textMembers } from './answers.ts'
import type { Wire } from './wire.ts'

/** One message of a wallet with the vault, as a listener has it. */
export type CustodyMessage = { readonly path: string; readonly sent: Uint8Array; readonly answered: Uint8Array | undefined }

/** What passed between wallets and vault on a line that keeps everything. */
export function listCustodyMessages({ recorded }: Wire): readonly CustodyMessage[] {
  return recorded.flatMap(({ request, answer }) => {
    const sent = textMembers(request.body)
    const answered = textMembers(answer?.body)
    const [message, reply] = [sent['message'] ?? sent['sealed'], answered['message'] ?? answered['done'] ?? answered['offer']]
    if (message === undefined && reply === undefined) return []
    const path = new URL(request.url).pathname
    return [{ path, sent: base64urlToBytes(message ?? ''), answered: reply === undefined ? undefined : base64urlToBytes(reply) }]
  })
}

import { Type, type Static } from 'typebox'
import { Value } from 'typebox/value'
import { Origin } from '@symbolon/contracts/limits'

const ChatConfig = Type.Object({ deviceOrigin: Origin, mallOrigin: Type.Optional(Origin) })
export type ChatConfig = Static<typeof ChatConfig>

/** Reads what the operator's server wrote into the page: where the device frame lives, and where one can shop. */
export function readConfig(page: Document): ChatConfig {
  return Value.Parse(ChatConfig, JSON.parse(page.getElementById('symbolon-config')?.textContent ?? ''))
}

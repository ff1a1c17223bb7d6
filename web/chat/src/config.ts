import { Type, type Static } from 'typebox'
import { Value } from 'typebox/value'
import { Hash, Origin } from '@symbolon/contracts/limits'

const ChatConfig = Type.Object({
  deviceOrigin: Origin,
  /** The bundle of the frame that this page was deployed with; without it nothing is compared. */
  deviceFrameHash: Type.Optional(Hash),
  mallOrigin: Type.Optional(Origin),
})
export type ChatConfig = Static<typeof ChatConfig>

/** Reads what the operator's server wrote into the page: where the device frame lives, and where one can shop. */
export function readConfig(page: Document): ChatConfig {
  return Value.Parse(ChatConfig, JSON.parse(page.getElementById('symbolon-config')?.textContent ?? ''))
}

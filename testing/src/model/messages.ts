/** Everything that was ever sent. Nothing leaves the network: what is never delivered was lost, and any of it may come again. */
export type Message =
  | { readonly key: string; readonly to: 'vault'; readonly kind: 'open'; readonly q: string; readonly eid: string }
  | {
      readonly key: string
      readonly to: 'vault'
      readonly kind: 'pay'
      readonly slotId: string
      readonly eid: string
      readonly right: boolean
      readonly purpose: Purpose
    }
  | { readonly key: string; readonly to: 'vault'; readonly kind: 'alarm'; readonly challenge: string }
  | { readonly key: string; readonly to: 'device'; readonly kind: 'hint'; readonly q: string; readonly word: HintWord }
  | SlotMessage
  | { readonly key: string; readonly to: 'device'; readonly kind: 'done'; readonly slotId: string; readonly signed: boolean }
/** What a message asks to sign: a payment, or nothing but a new epoch. */
export type Purpose = 'pay' | 'refresh'
export type HintWord = 'unknown' | 'retry' | 'stale' | 'frozen'
export type SlotMessage = {
  readonly key: string
  readonly to: 'device'
  readonly kind: 'slot'
  readonly q: string
  readonly eid: string
  readonly slotId: string
  readonly counter: number
  readonly last: string
  readonly lastState: number
  readonly tries: number
  /** Attempts of a copy that were bound when this slot was given. No wire carries it: it is what the judge knows. */
  readonly copyBound: number
}

export function openMessage(q: string, eid: string): Message {
  return { key: `o${q}.${eid}`, to: 'vault', kind: 'open', q, eid }
}
export function payMessage(slotId: string, eid: string, wish: { readonly right: boolean; readonly purpose: Purpose }): Message {
  return { key: `p${slotId}.${eid}.${wish.right ? 1 : 0}${wish.purpose[0]}`, to: 'vault', kind: 'pay', slotId, eid, ...wish }
}
export function alarmMessage(challenge: string): Message {
  return { key: `a${challenge}`, to: 'vault', kind: 'alarm', challenge }
}
export function doneMessage(slotId: string, signed: boolean): Message {
  return { key: `d${slotId}.${signed ? 1 : 0}`, to: 'device', kind: 'done', slotId, signed }
}

export type Style = 'strong' | 'faint' | 'good' | 'bad'
const codes: Readonly<Record<Style, readonly [number, number]>> = { strong: [1, 22], faint: [2, 22], good: [32, 39], bad: [31, 39] }

/** Colours a text for a terminal that shows colours; NO_COLOR (no-color.org) and a pipe switch it off. */
export function paint(stream: NodeJS.WriteStream, style: Style, text: string): string {
  if (!stream.isTTY || (process.env['NO_COLOR'] ?? '') !== '') return text
  const [on, off] = codes[style]
  return `\u001B[${on}m${text}\u001B[${off}m`
}

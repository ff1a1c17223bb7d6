import { readFileSync } from 'node:fs'
import { hexToBytes } from '@symbolon/formats/bytes'
import { fieldFormats, type IsoDialect, type IsoFieldName, type IsoFields, type IsoMessage } from '@symbolon/formats/iso8583'

type Vector = {
  readonly name: string
  readonly dialect: IsoDialect
  readonly messageType: string
  readonly fields: Readonly<Record<string, string>>
  readonly hex: string
}

/** testing/vectors/iso8583/messages.json. */
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- our own file
export const messageVectors = JSON.parse(
  readFileSync(new URL('../../vectors/iso8583/messages.json', import.meta.url), 'utf8'),
) as readonly Vector[]

export function toMessage({ messageType, fields }: Vector): IsoMessage {
  const values: IsoFields = Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, isFieldName(name) && isBinary(name) ? hexToBytes(value) : value]),
  )
  return { messageType, fields: values }
}

/** Every element by number, its value in hex as bytes on an 8-bit line. */
export function valuesByNumber({ fields }: IsoMessage): Readonly<Record<number, string>> {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([name, value]) =>
      !isFieldName(name) || value === undefined
        ? []
        : [[fieldFormats[name].number, Buffer.from(value as string | Uint8Array).toString('hex')]],
    ),
  )
}

function isFieldName(name: string): name is IsoFieldName {
  return Object.hasOwn(fieldFormats, name)
}

function isBinary(name: IsoFieldName): boolean {
  return fieldFormats[name].content === 'b' || fieldFormats[name].content === 'ansb'
}

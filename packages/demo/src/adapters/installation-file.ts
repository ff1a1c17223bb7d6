import { readFileSync } from 'node:fs'
import { Value } from 'typebox/value'
import { Installation } from '@symbolon/contracts/installation'
import { Fault } from '@symbolon/formats/result'

/** Reads where the running installation is. Nothing in it is of the operator's inside that is used here. */
export function readInstallation(file: string): Installation {
  try {
    const value: unknown = JSON.parse(readFileSync(file, 'utf8'))
    return Value.Parse(Installation, value)
  } catch (cause) {
    throw new Fault('INSTALLATION_UNREADABLE', { retry: 'never', cause })
  }
}

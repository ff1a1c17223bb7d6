import type { Database } from '@symbolon/service/database'
import { openSealedRow } from '../attacker/sealed-rows.ts'

/** One backup of what the vault stores: every row of its tables, as bytes. */
export type Backup = readonly Row[]
type Row = { readonly walletId: string; readonly ids: readonly string[]; readonly sealed: readonly Uint8Array[] }

const columns = ['share', 'key', 'rerandomiser', 'retired', 'record'] as const
const idSize = 16

export async function takeBackup(owner: Database): Promise<Backup> {
  const rows: Row[] = []
  for (const table of ['wallets', 'records']) {
    const found = await owner.query<Record<string, unknown>>(`SELECT * FROM vault.${table}`)
    for (const row of found.rows) rows.push(readRow(row))
  }
  return rows
}

function readRow(row: Readonly<Record<string, unknown>>): Row {
  const values = Object.values(row)
    .flat()
    .filter((value) => value instanceof Uint8Array)
  const bytes = values.map((value) => Uint8Array.from(value))
  // A retired epoch is stored as its id and its sealed key in one value.
  const retired = bytes.filter(({ length }) => length > idSize)
  return {
    walletId: toHex(row['wallet_id']),
    ids: [...bytes.filter(({ length }) => length === idSize), ...retired.map((value) => value.slice(0, idSize))].map(toHex),
    sealed: [...bytes.filter(({ length }) => length > idSize), ...retired.map((value) => value.slice(idSize))],
  }
}

function toHex(value: unknown): string {
  return value instanceof Uint8Array ? Buffer.from(value).toString('hex') : ''
}

/** How many values of a backup these keys open, each tried for every place where it could belong. */
export function countOpened(backup: Backup, keys: readonly Uint8Array[]): number {
  return backup.reduce((sum, { walletId, ids, sealed }) => {
    const opens = (value: Uint8Array): boolean =>
      ids.some((epochId) => columns.some((column) => openSealedRow(keys, { walletId, epochId, column }, value) !== undefined))
    return sum + sealed.filter(opens).length
  }, 0)
}

/** Values that were sealed at all: a backup in which nothing is sealed would prove nothing. */
export function countSealed(backup: Backup): number {
  return backup.reduce((sum, { sealed }) => sum + sealed.filter(({ length }) => length > 60).length, 0)
}

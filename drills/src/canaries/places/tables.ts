import { mkdtempSync, chmodSync, rmSync, readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Client } from 'pg'
import { readFile } from './files.ts'
import type { Place } from './place.ts'

/** A COPY of every table of a database, as text (bytes in hex) and binary: what a dump would hold. */
export function createTablesPlace(name: string, client: Client, plantMarker: Place['plantMarker']): Place {
  return {
    name,
    plantMarker,
    read: async (sink) => {
      // The server writes the copies itself, so it must be able to enter the folder.
      const folder = mkdtempSync(join(tmpdir(), 'symbolon-copy-'))
      chmodSync(folder, 0o777)
      try {
        const { rows } = await client.query<{ place: string }>(
          "SELECT format('%I.%I', table_schema, table_name) AS place FROM information_schema.tables WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('pg_catalog', 'information_schema')",
        )
        for (const [index, { place }] of rows.entries()) {
          await client.query(`COPY ${place} TO '${join(folder, `${String(index)}.txt`)}'`)
          await client.query(`COPY ${place} TO '${join(folder, `${String(index)}.bin`)}' WITH (FORMAT binary)`)
        }
        for (const file of readdirSync(folder)) readFile(join(folder, file), sink)
      } finally {
        rmSync(folder, { recursive: true, force: true })
      }
    },
  }
}

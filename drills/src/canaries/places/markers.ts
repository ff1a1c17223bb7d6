import { connect } from 'node:net'
import { appendFileSync, readFileSync, truncateSync } from 'node:fs'
import type { Client } from 'pg'

export type Address = { readonly host: string; readonly port: number } | { readonly socketPath: string }

/** Puts a marker into a process's memory the way a secret would come: in the body of a request, which is left unfinished. */
export function plantInProcess(address: Address): (marker: string) => Promise<() => Promise<void>> {
  return (marker) =>
    new Promise((resolve, reject) => {
      const socket = connect('socketPath' in address ? { path: address.socketPath } : address)
      socket.on('error', reject)
      const body = `{"marker":"${marker}"`
      const head = `POST /v1/payments HTTP/1.1\r\nHost: localhost\r\nX-Marker: ${marker}\r\nAuthorization: Bearer ${marker}\r\nContent-Type: application/json\r\nContent-Length: 4096\r\n\r\n`
      socket.write(head + body, () => {
        // The other side reads it in its own time; the connection stays open, so it has no reason to let it go.
        setTimeout(() => resolve(() => Promise.resolve(void socket.destroy())), 150)
      })
    })
}

/** Puts a marker into the memory of a PostgreSQL server: a session that says it and does not end. */
export function plantInServer(connectClient: () => Promise<Client>): (marker: string) => Promise<() => Promise<void>> {
  return async (marker) => {
    const client = await connectClient()
    client.on('error', () => undefined)
    const sleeping = client.query(`SELECT '${marker}', pg_sleep(600)`).catch(() => undefined)
    await new Promise((resolve) => setTimeout(resolve, 150))
    return async () => {
      const other = await connectClient()
      await other.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE $1 AND pid <> pg_backend_pid()', [
        `SELECT '${marker}'%`,
      ])
      await Promise.all([sleeping, other.end()])
    }
  }
}

/** Puts a marker into tables, files and the write-ahead log at once: a row, written through to disk. */
export function plantInTables(client: Client): (marker: string) => Promise<() => Promise<void>> {
  return async (marker) => {
    await client.query('CREATE SCHEMA IF NOT EXISTS drill')
    await client.query('CREATE TABLE IF NOT EXISTS drill.marker (marker text)')
    await client.query('INSERT INTO drill.marker VALUES ($1)', [marker])
    await client.query('CHECKPOINT')
    return async () => {
      await client.query('DROP SCHEMA IF EXISTS drill CASCADE')
    }
  }
}

/** Appends a marker to a log file and cuts it off again. */
export function plantInFile(path: string): (marker: string) => Promise<() => Promise<void>> {
  return (marker) => {
    const size = readFileSync(path).length
    appendFileSync(path, `${marker}\n`)
    return Promise.resolve(() => Promise.resolve(truncateSync(path, size)))
  }
}

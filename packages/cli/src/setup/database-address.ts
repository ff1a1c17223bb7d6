import type { DatabaseConfig } from '@symbolon/service/database'
import { ConfigurationError } from '@symbolon/service/config'

/** Reads a `postgres://` address (DATABASE_URL). The address is never repeated in a message: it holds a password. */
export function parseDatabaseUrl(name: string, text: string): DatabaseConfig {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || !['postgres:', 'postgresql:'].includes(url.protocol)) {
    throw new ConfigurationError(`${name} has the form postgres://user:password@host:port/database`, '')
  }
  const sslmode = url.searchParams.get('sslmode') ?? 'disable'
  if (['require', 'verify-ca', 'verify-full'].includes(sslmode)) {
    throw new ConfigurationError(`${name} asks for TLS, which is not built yet: use a unix socket, a loopback address or a tunnel`, '')
  }
  const user = decodeURIComponent(url.username)
  if (user === '') throw new ConfigurationError(`${name} does not name a user`, '')
  const database = decodeURIComponent(url.pathname.slice(1))
  return {
    host: url.searchParams.get('host') ?? decodeURIComponent(url.hostname.replaceAll(/^\[|\]$/gu, '')),
    port: Number(url.searchParams.get('port') ?? (url.port === '' ? '5432' : url.port)),
    database: database === '' ? user : database,
    user,
    password: decodeURIComponent(url.password),
  }
}

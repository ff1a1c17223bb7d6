import { ConfigurationError } from '@symbolon/service/config'
import { Fault } from '@symbolon/formats/result'
import { PortsTaken, ProcessFailed } from '../start/failures.ts'
import { exitCodes } from './exit-codes.ts'

export type Explanation = { readonly code: string; readonly lines: readonly string[]; readonly exitCode: number }

/** Every failure of a command as a person needs it: what happened, and the way out. */
export function explain(error: unknown): Explanation {
  if (error instanceof PortsTaken) return explainPorts(error)
  if (error instanceof ProcessFailed) {
    return {
      code: 'PROCESS_NOT_STARTED',
      lines: [`${error.process} did not start. The last lines of its log:`, ...error.lines.map((line) => `  ${line}`)],
      exitCode: exitCodes.failure,
    }
  }
  if (error instanceof ConfigurationError) {
    return {
      code: 'CONFIGURATION',
      lines: [`${error.message}${error.path === '' ? '' : `: ${error.path}`}`],
      exitCode: exitCodes.configuration,
    }
  }
  if (error instanceof Fault) return explainFault(error)
  if (error instanceof Error && error.name === 'AbortError')
    return { code: 'INTERRUPTED', lines: ['interrupted'], exitCode: exitCodes.interrupted }
  return {
    code: 'UNEXPECTED',
    lines: [error instanceof Error ? (error.stack ?? error.message) : 'unknown failure'],
    exitCode: exitCodes.failure,
  }
}

function explainPorts({ ports }: PortsTaken): Explanation {
  return {
    code: 'PORT_TAKEN',
    lines: [
      ...ports.map(({ port, process }) => `Port ${port} is taken by another program; the process ${process} wants it.`),
      'Stop that program, or move all ports of this installation at once: SYMBOLON_PORT_BASE=9400 npm start',
    ],
    exitCode: exitCodes.network,
  }
}

type FaultText = { readonly line: string; readonly exitCode: number }
const faultTexts: Readonly<Record<string, FaultText>> = {
  PROGRAM_NOT_BUILT: {
    line: 'Not built yet: run `npm run build` (npm start does it by itself). Missing',
    exitCode: exitCodes.configuration,
  },
  VAULT_UNREACHABLE: {
    line: 'The vault does not answer on its private socket; does the installation run? (npm start)',
    exitCode: exitCodes.network,
  },
  KEYS_NOT_MADE: { line: 'A party could not make its keys', exitCode: exitCodes.failure },
  FRAME_ALTERED: { line: 'The built device frame is not what its manifest says; build it again', exitCode: exitCodes.verification },
  ROTATION_NOT_PREPARED: { line: 'No next key is prepared: certificates rotate KEY prepare', exitCode: exitCodes.configuration },
  ROTATION_TOO_EARLY: {
    line: 'The next key was certified less than thirty days ago, so some page may not know it yet; --early does it all the same',
    exitCode: exitCodes.configuration,
  },
  VAULT_NOT_RESTARTED: { line: 'The vault was stopped and has not come back', exitCode: exitCodes.failure },
  CERTIFICATES_NOT_ISSUED: { line: 'An issuer did not certify the keys that it was asked about', exitCode: exitCodes.failure },
  SCHEMA_NOT_MIGRATED: { line: 'The database schema could not be migrated', exitCode: exitCodes.failure },
  DATABASE_UNREACHABLE: { line: 'PostgreSQL does not answer with the given address, user and password', exitCode: exitCodes.network },
  POSTGRES_OWNED: { line: 'Another process owns the PostgreSQL data folder and is alive', exitCode: exitCodes.failure },
  POSTGRES_NOT_RUNNABLE: {
    line: 'The PostgreSQL programs cannot be run here; set DATABASE_URL and ISSUER_DATABASE_URL to a server ≥ 15',
    exitCode: exitCodes.configuration,
  },
  POSTGRES_INITDB_FAILED: { line: 'PostgreSQL could not make its data folder', exitCode: exitCodes.failure },
  POSTGRES_NOT_STARTED: { line: 'PostgreSQL ended at its start', exitCode: exitCodes.failure },
  POSTGRES_NOT_READY: { line: 'PostgreSQL was not ready in time', exitCode: exitCodes.failure },
  POSTGRES_LEFTOVER: { line: 'A PostgreSQL that an earlier start left behind does not stop', exitCode: exitCodes.failure },
}

function explainFault(fault: Fault): Explanation {
  const text = faultTexts[fault.code] ?? { line: fault.code, exitCode: exitCodes.failure }
  const details = describeCause(fault.cause)
  return {
    code: fault.code,
    lines: [details.length === 0 ? text.line : `${text.line}:`, ...details.map((line) => `  ${line}`)],
    exitCode: text.exitCode,
  }
}

// What a program wrote to its standard error says more than the error that its exit code became.
function describeCause(cause: unknown): readonly string[] {
  if (typeof cause === 'string') return cause.trimEnd().split('\n').slice(-12)
  if (typeof cause !== 'object' || cause === null) return []
  if ('stderr' in cause && typeof cause.stderr === 'string' && cause.stderr !== '') return cause.stderr.trimEnd().split('\n').slice(-12)
  if (cause instanceof Fault) return describeCause(cause.cause)
  return cause instanceof Error ? [cause.message] : []
}

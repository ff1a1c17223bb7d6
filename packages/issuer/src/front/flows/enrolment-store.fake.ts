import { bytesToHex } from '@symbolon/formats/bytes'
import type { EnrolmentRecord, EnrolmentStore, NewToken } from './enrolment-store.ts'
import type { Rebinding } from './rebind-store.ts'

/** An enrolment store in memory, with the promises of the port; `tokens` is what was approved. */
export function createMemoryEnrolmentStore(): EnrolmentStore & {
  readonly tokens: readonly NewToken[]
  readonly replacements: readonly Rebinding[]
  takeNextToken(): void
} {
  const records = new Map<string, EnrolmentRecord>()
  const submissions = new Map<string, number>()
  const tokens: NewToken[] = []
  const replacements: Rebinding[] = []
  let isTaken = false
  const awaiting = (enrolmentId: Uint8Array, formToken: string): EnrolmentRecord | undefined => {
    const record = records.get(bytesToHex(enrolmentId))
    return record?.state === 'awaiting_approval' && record.submission?.formToken === formToken ? record : undefined
  }
  const put = (record: EnrolmentRecord): void => void records.set(bytesToHex(record.enrolmentId), record)
  return {
    tokens,
    replacements,
    takeNextToken: () => (isTaken = true),
    open: async (enrolment) => put({ ...enrolment, state: 'open' }),
    find: async (enrolmentId) => records.get(bytesToHex(enrolmentId)),
    countSubmission: async (enrolmentId) => {
      const count = (submissions.get(bytesToHex(enrolmentId)) ?? 0) + 1
      submissions.set(bytesToHex(enrolmentId), count)
      return count
    },
    submit: async (enrolmentId, submission) => {
      const record = records.get(bytesToHex(enrolmentId))
      if (record?.state !== 'open') return false
      put({ ...record, state: 'awaiting_approval', submission })
      return true
    },
    refuse: async (enrolmentId, formToken) => {
      const record = awaiting(enrolmentId, formToken)
      if (record !== undefined) put({ ...record, state: 'refused' })
      return record !== undefined
    },
    approve: async (enrolment, formToken, token) => {
      const record = awaiting(enrolment.enrolmentId, formToken)
      if (record === undefined) return 'conflict'
      if (isTaken) {
        isTaken = false
        return 'taken'
      }
      tokens.push(token)
      put({ ...record, state: 'active', grant: token.grant })
      return 'approved'
    },
    approveReplacement: async (enrolment, { formToken, rebinding }) => {
      const record = awaiting(enrolment.enrolmentId, formToken)
      if (record === undefined) return 'conflict'
      replacements.push(rebinding)
      put({ ...record, state: 'active', grant: rebinding.grant })
      return 'approved'
    },
    forgetExpired: async () => 0,
  }
}

/** The addresses of issuers' approval pages, kept on this device until the approval has ended, so that a reload can go on. */
export type ApprovalPages = {
  keep(enrolmentId: string, url: string): void
  find(enrolmentId: string): string | undefined
  forget(enrolmentId: string): void
}

/** An address counts only on the origin of an issuer of the directory. Without storage (a strict browser) nothing is remembered. */
export function createApprovalPages(storage: () => Storage, issuerOrigins: readonly string[]): ApprovalPages {
  const name = (enrolmentId: string): string => `symbolon/approval/${enrolmentId}`
  return {
    keep: (enrolmentId, url) => attempt(() => storage().setItem(name(enrolmentId), url)),
    find: (enrolmentId) => {
      const url = attempt(() => storage().getItem(name(enrolmentId))) ?? undefined
      return url !== undefined && URL.canParse(url) && issuerOrigins.includes(new URL(url).origin) ? url : undefined
    },
    forget: (enrolmentId) => attempt(() => storage().removeItem(name(enrolmentId))),
  }
}

function attempt<Value>(act: () => Value): Value | undefined {
  try {
    return act()
  } catch {
    return undefined
  }
}

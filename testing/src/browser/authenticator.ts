import type { CDPSession } from 'playwright-core'
import type { Customer } from './customer.ts'

export type CredentialInAuthenticator = {
  readonly credentialId: string
  readonly isResidentCredential: boolean
  readonly rpId?: string
  readonly privateKey: string
  readonly userHandle?: string
  readonly signCount: number
}

/** An authenticator inside Chromium, on one page: CTAP 2.1, verifies a person, computes a PRF. */
export type VirtualAuthenticator = {
  credentials(): Promise<readonly CredentialInAuthenticator[]>
  /** It says in what it signs that it has not verified the person, until told otherwise. */
  lie(how: { readonly isBadUV?: boolean }): Promise<void>
  /** It is lost with everything in it, and another one of the same make is there: with these credentials, or with a stranger's finger. */
  replace(by: { readonly credentials?: readonly CredentialInAuthenticator[]; readonly isStranger?: boolean }): Promise<void>
}

/** `isSynced`: it says that its credentials may be backed up, as the passkeys of an account do. */
export async function addAuthenticator(customer: Customer, { isSynced = false } = {}): Promise<VirtualAuthenticator> {
  const session: CDPSession = await customer.context.newCDPSession(customer.page)
  await session.send('WebAuthn.enable')
  const options = {
    protocol: 'ctap2',
    ctap2Version: 'ctap2_1',
    transport: 'internal',
    hasResidentKey: true,
    hasUserVerification: true,
    automaticPresenceSimulation: true,
    hasPrf: true,
    defaultBackupEligibility: isSynced,
    defaultBackupState: isSynced,
  } as const
  const add = async (isUserVerified: boolean): Promise<string> =>
    (await session.send('WebAuthn.addVirtualAuthenticator', { options: { ...options, isUserVerified } })).authenticatorId
  let authenticatorId = await add(true)
  return {
    credentials: async () => (await session.send('WebAuthn.getCredentials', { authenticatorId })).credentials,
    lie: async ({ isBadUV = false }) => {
      await session.send('WebAuthn.setResponseOverrideBits', { authenticatorId, isBadUV })
    },
    replace: async ({ credentials = [], isStranger = false }) => {
      await session.send('WebAuthn.removeVirtualAuthenticator', { authenticatorId })
      authenticatorId = await add(!isStranger)
      for (const { credentialId, isResidentCredential, rpId, privateKey, userHandle, signCount } of credentials) {
        const optional = { ...(rpId === undefined ? {} : { rpId }), ...(userHandle === undefined ? {} : { userHandle }) }
        const credential = { credentialId, isResidentCredential, privateKey, signCount, ...optional }
        await session.send('WebAuthn.addCredential', { authenticatorId, credential })
      }
    },
  }
}

import { createHmac } from 'node:crypto'
import { expect, test } from 'vitest'
import { createScramVerifier } from './scram.ts'

test('the verifier of RFC 7677, section 3: user, pencil', () => {
  const salt = Buffer.from('W22ZaJ0SNY7soEsUEjb6gQ==', 'base64')
  const verifier = createScramVerifier('pencil', salt)
  expect(verifier).toBe(
    'SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=',
  )
  // The RFC publishes the signature that a server with this verifier gives: HMAC(ServerKey, AuthMessage).
  const serverKey = Buffer.from(verifier.split(':').at(-1) ?? '', 'base64')
  const authMessage =
    'n=user,r=rOprNGfwEbeRWgbNEkqO,' +
    'r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096,' +
    'c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0'
  expect(createHmac('sha256', serverKey).update(authMessage).digest('base64')).toBe('6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=')
})

test('two verifiers of one password differ', () => {
  expect(createScramVerifier('pencil')).not.toBe(createScramVerifier('pencil'))
})

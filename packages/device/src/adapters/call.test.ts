import { Type } from 'typebox'
import { expect, test } from 'vitest'
import { Fault } from '@symbolon/formats/result'
import type { TransportAnswer } from '../ports.ts'
import { callPeer } from './call.ts'

const schema = Type.Object({ walletId: Type.String() }, { additionalProperties: false })
const ask = (answer: () => Promise<TransportAnswer>) => callPeer(answer, schema, { method: 'GET', url: 'http://127.0.0.1:1/x' })
const document = { type: 't', title: 'T', status: 409, code: 'CUSTODY_VOID', requestId: 'r', retry: 'open-again' }

test.each([
  ['the value', { status: 201, body: { walletId: 'a' } }, { ok: true, value: { walletId: 'a' } }],
  ['another form', { status: 200, body: { walletId: 1 } }, { ok: false, problem: { code: 'SERVICE_FAULT' } }],
  ['a member too many', { status: 200, body: { walletId: 'a', more: 1 } }, { ok: false, problem: { code: 'SERVICE_FAULT' } }],
  ['a problem', { status: 409, body: document }, { ok: false, problem: { code: 'CUSTODY_VOID' } }],
  [
    'details',
    { status: 409, body: { ...document, triesLeft: 2, retired: 'ab' } },
    { ok: false, problem: { code: 'CUSTODY_VOID', triesLeft: 2, retired: 'ab' } },
  ],
  ['an unknown code', { status: 409, body: { ...document, code: 'toString' } }, { ok: false, problem: { code: 'SERVICE_FAULT' } }],
  ['no document', { status: 502, body: '<html>' }, { ok: false, problem: { code: 'SERVICE_FAULT' } }],
])('%s', async (_name, answer, expected) => expect(await ask(async () => answer)).toEqual(expected))

test('silence is a problem that says nothing of what happened', async () => {
  const silence = () => Promise.reject(new Fault('SERVICE_FAULT', { retry: 'later' }))
  expect(await ask(silence)).toEqual({ ok: false, problem: { code: 'SERVICE_FAULT' } })
})

test('a bug stays a bug', async () => {
  await expect(ask(() => Promise.reject(new TypeError('bug')))).rejects.toThrow(TypeError)
})

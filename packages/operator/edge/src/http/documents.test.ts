import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { problemCodes } from '@symbolon/contracts/problems'
import { createTestEdge, type TestEdge } from '../testing/test-edge.ts'
import { writeProblemsDocument } from './problem-pages.ts'

const documents = new URL('../../../../../docs/', import.meta.url)
const pathOf = (name: string): string => fileURLToPath(new URL(name, documents))

let edge: TestEdge
beforeAll(async () => {
  edge = await createTestEdge()
})
afterAll(() => edge.app.close())

// Written anew by `npx vitest run packages/operator/edge/src/http/documents.test.ts --update`.
describe('the OpenAPI document', () => {
  test('in docs/openapi.json is the one that edge answers', async () => {
    const answer = await edge.app.inject({ url: '/openapi.json' })
    await expect(`${JSON.stringify(answer.json(), undefined, 2)}\n`).toMatchFileSnapshot(pathOf('openapi.json'))
  })

  test('is OpenAPI 3.1, names every route once, and refers to nothing that is not there', async () => {
    const document = (await edge.app.inject({ url: '/openapi.json' })).json<Record<string, unknown>>()
    expect(document['openapi']).toBe('3.1.0')
    const operations = [...JSON.stringify(document['paths']).matchAll(/"operationId":"([A-Za-z]+)"/gu)].map((match) => match[1] ?? '')
    expect(operations.toSorted()).toEqual(
      [
        'acceptWallet',
        'cancelPayment',
        'createPayment',
        'createWallet',
        'findPaymentByOrderId',
        'getAttempt',
        'getCheckout',
        'getLedgerSummary',
        'getPayment',
        'listPayments',
        'openWallet',
        'pay',
        'raiseAlarm',
        'registerToken',
        'stopWallet',
      ].toSorted(),
    )
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/gu)].map((match) => match[1] ?? '')
    expect(references.length).toBeGreaterThan(20)
    for (const reference of new Set(references)) expect(resolve(document, reference), reference).toBeTypeOf('object')
  })

  test('bounds every string', async () => {
    const document = (await edge.app.inject({ url: '/openapi.json' })).json<Record<string, unknown>>()
    expect(findUnbounded(document)).toEqual([])
  })
})

describe('the problem table', () => {
  test('in docs/problems.md is the one of the contracts', async () => {
    await expect(writeProblemsDocument()).toMatchFileSnapshot(pathOf('problems.md'))
  })

  test('only grows: every code that was ever published is there with its status, and every code is published', () => {
    expect(existsSync(pathOf('problems.lock'))).toBe(true)
    const published = readFileSync(pathOf('problems.lock'), 'utf8').trimEnd().split('\n')
    const current = Object.entries(problemCodes).map(([code, { status }]) => `${code} ${status}`)
    expect(published.filter((line) => !current.includes(line))).toEqual([])
    // A new code is added at the end of the file, in the change that brings it.
    expect(current.filter((line) => !published.includes(line))).toEqual([])
  })

  test.each([
    ['ko', '결제 요청의 시간이 지났습니다'],
    ['en', 'The payment request has expired'],
  ])('has a page for people in %s', async (language, title) => {
    const answer = await edge.app.inject({ url: '/problems/PAYMENT_EXPIRED', headers: { 'accept-language': language } })
    expect(answer.headers['content-type']).toBe('text/html; charset=utf-8')
    expect(answer.body).toContain(title)
    expect(answer.body).toContain(`<html lang="${language}">`)
  })

  test('has no page for anything else', async () => {
    for (const code of ['NOTHING', 'constructor', '<script>']) {
      const answer = await edge.app.inject({ url: `/problems/${encodeURIComponent(code)}` })
      expect([answer.statusCode, answer.body.includes(code)]).toEqual([404, false])
    }
  })

  test('a problem document names its page', async () => {
    const { type } = (await edge.app.inject({ url: '/nowhere' })).json<{ type: string }>()
    expect((await edge.app.inject({ url: type })).statusCode).toBe(200)
  })
})

function resolve(document: unknown, reference: string): unknown {
  return reference
    .replace('#/', '')
    .split('/')
    .reduce<unknown>(
      (node, name) => (typeof node === 'object' && node !== null ? Object.entries(node).find(([key]) => key === name)?.[1] : undefined),
      document,
    )
}

function findUnbounded(node: unknown, path = ''): readonly string[] {
  if (typeof node !== 'object' || node === null) return []
  const members = Object.entries(node)
  const isString = members.some(([name, value]) => name === 'type' && value === 'string')
  const isBounded = ['maxLength', 'pattern', 'enum', 'const', 'format'].some((name) => name in node)
  return [...(isString && !isBounded ? [path] : []), ...members.flatMap(([name, value]) => findUnbounded(value, `${path}/${name}`))]
}

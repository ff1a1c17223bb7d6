import type { FastifyInstance } from 'fastify'
import { problemCodes, type ProblemCode } from '@symbolon/contracts/problems'
import { chooseLanguage, html, type Language } from '@symbolon/service/html'
import { sendProblem } from '@symbolon/service/http'
import { koreanTitles, retryTexts } from './problem-texts.ts'

const headers = {
  'content-security-policy': "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
}

/** The address that `type` of a problem document names: what the code means and what to do, for people. */
export function registerProblemPages(app: FastifyInstance): void {
  app.get<{ Params: { code: string } }>('/problems/:code', { schema: { hide: true } }, async (request, reply) => {
    const { code } = request.params
    if (!isProblemCode(code)) return sendProblem(reply, { code: 'REQUEST_NOT_FOUND' })
    const language = chooseLanguage(request.query, request.headers['accept-language'])
    return reply
      .headers({ ...headers, vary: 'Accept-Language' })
      .type('text/html; charset=utf-8')
      .send(writePage(code, language))
  })
}

/** The whole table as the documentation has it. */
export function writeProblemsDocument(): string {
  const rows = Object.entries(problemCodes).map(
    ([code, { status, title, retry }]) =>
      `| \`${code}\` | ${status} | ${title} | ${isProblemCode(code) ? koreanTitles[code] : ''} | ${retry} |`,
  )
  return [
    '# Problems',
    '',
    'Every refusal over HTTP is a problem document (RFC 9457) with a stable `code`; `type` is the address of its page,',
    '`/problems/{code}`. A code is never renamed and never reused: `docs/problems.lock` only grows.',
    'This page is written from `packages/contracts/src/problems.ts`; a test keeps it current.',
    '',
    '| Code | Status | Meaning | 뜻 | Retry |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
    '',
    ...Object.entries(retryTexts).map(([retry, text]) => `- \`${retry}\`: ${text.en} ${text.ko}`),
    '',
  ].join('\n')
}

function writePage(code: ProblemCode, language: Language): string {
  const { status, title, retry } = problemCodes[code]
  const heading = language === 'ko' ? koreanTitles[code] : title
  return html`<!doctype html>
    <html lang="${language}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${code}</title>
      </head>
      <body>
        <main>
          <h1>${heading}</h1>
          <p><code>${code}</code> · HTTP ${status}</p>
          <p>${retryTexts[retry][language]}</p>
        </main>
      </body>
    </html>`.text
}

function isProblemCode(code: string): code is ProblemCode {
  return Object.hasOwn(problemCodes, code)
}

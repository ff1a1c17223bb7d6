import { fail, ok, type Result } from '@symbolon/formats/result'

const maximumTries = 60

/** Presses "approve" on the issuer's own page as its customer would: reads the page, sends its form to the address in it. */
export async function pressApprove(approvalUrl: string): Promise<Result<undefined, string>> {
  const page = await loadPage(approvalUrl)
  const [, action] = /<form[^>]*\saction="([^"]+)"/u.exec(page) ?? []
  const [, formToken] = /name="formToken"\s+value="([^"]+)"/u.exec(page) ?? []
  if (action === undefined || formToken === undefined) return fail('the approval page has no form')
  const target = new URL(action.replaceAll('&amp;', '&'), approvalUrl)
  if (target.origin !== new URL(approvalUrl).origin) return fail('the approval page sends its form elsewhere')
  const pressed = await fetch(target, {
    method: 'POST',
    body: new URLSearchParams({ formToken, decision: 'approve' }),
    signal: AbortSignal.timeout(20_000),
  })
  return pressed.ok ? ok(undefined) : fail('the issuer did not take the approval')
}

async function loadPage(url: string): Promise<string> {
  for (let count = 1; ; count += 1) {
    const response = await fetch(url, { signal: AbortSignal.timeout(20_000) })
    if (response.status !== 429 || count === maximumTries) return await response.text()
    await new Promise((resolve) => setTimeout(resolve, 1_000))
  }
}

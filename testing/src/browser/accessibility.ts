import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Frame, Page } from 'playwright-core'

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

type Violation = { readonly id: string; readonly impact: string; readonly nodes: readonly string[] }

/** Serious and critical findings of axe in one document, with the elements concerned. */
export async function findViolations(document: Page | Frame): Promise<readonly Violation[]> {
  await document.evaluate(source)
  const found: readonly Violation[] = await document.evaluate(async (runOnly) => {
    const axe: { run(context: Document, options: unknown): Promise<{ violations: readonly RawViolation[] }> } = Reflect.get(window, 'axe')
    type RawViolation = { id: string; impact: string; nodes: readonly { html: string }[] }
    const { violations } = await axe.run(window.document, { runOnly, iframes: false })
    return violations.map(({ id, impact, nodes }) => ({ id, impact, nodes: nodes.map(({ html }) => html.slice(0, 200)) }))
  }, tags)
  return found.filter(({ impact }) => impact === 'serious' || impact === 'critical')
}

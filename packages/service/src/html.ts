/** Markup that is safe to send: made only by `html`, which escapes every value put into it. */
export type Markup = { readonly kind: 'markup'; readonly text: string }
type Part = string | number | Markup | readonly Markup[] | undefined

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

/** Server-rendered pages: html`<p>${name}</p>`. Text is escaped, markup and lists of markup are not, undefined is nothing. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return { kind: 'markup', text: strings.reduce((text, literal, index) => text + renderPart(parts[index - 1]) + literal) }
}

function renderPart(part: Part): string {
  if (part === undefined) return ''
  if (typeof part === 'string' || typeof part === 'number')
    return String(part).replace(/[&<>"']/gu, (character) => escapes[character] ?? '')
  return 'kind' in part ? part.text : part.map((markup) => markup.text).join('')
}

export type Language = 'ko' | 'en'

/** The language of a page: `?lang=` first, else what the browser prefers, else English. */
export function chooseLanguage(query: unknown, acceptLanguage: string | undefined): Language {
  const asked = typeof query === 'object' && query !== null && 'lang' in query ? query.lang : undefined
  if (asked === 'ko' || asked === 'en') return asked
  return /^\s*ko\b/u.test(acceptLanguage ?? '') ? 'ko' : 'en'
}

import type { Locale } from '@symbolon/web-elements/locale'
import { en } from './en.ts'
import { ko } from './ko.ts'

export type Texts = typeof ko
export const texts: Readonly<Record<Locale, Texts>> = { ko, en }
export { describeProblem } from './problems.ts'

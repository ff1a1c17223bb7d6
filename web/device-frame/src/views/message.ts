import { button, element, type Child, type PictureName } from '@symbolon/web-elements/dom'
import type { Ask } from '../screen.ts'
import { layout } from './layout.ts'

export type Message<Choice extends string> = {
  readonly name: string
  readonly title: string
  /** Empty when the title says everything. */
  readonly text: string
  readonly tone?: 'good' | 'bad' | 'wait'
  readonly picture?: PictureName
  readonly more?: Child
  /** The first is the main one. */
  readonly choices: readonly (readonly [choice: Choice, label: string])[]
}

/** Says one thing and offers what can be done now. */
export function messageView<Choice extends string>(message: Message<Choice>): Ask<Choice> {
  return (answer) =>
    layout({
      ...message,
      children: [message.text !== '' && element('p', { class: 'lead' }, message.text), message.more],
      actions: message.choices.map(([choice, label], index) =>
        button({ label, name: choice, kind: index === 0 ? 'primary' : 'secondary', onPress: () => answer(choice) }),
      ),
    })
}

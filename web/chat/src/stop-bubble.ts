import { button, element, type Child } from '@symbolon/web-elements/dom'
import type { Bubble } from './bubble.ts'
import type { ChatState } from './state.ts'
import type { StopOutcome } from './stop-wallet.ts'
import type { Texts } from './texts.ts'
import { say, sayWith } from './wallet-bubble.ts'

export type StopActions = {
  readonly text: Texts
  readonly stop: (code: string) => Promise<StopOutcome>
}

/** For a person whose device is gone: the stop code ends the wallet from any other one. */
export function stopBubble({ stop }: ChatState, actions: StopActions): Bubble | undefined {
  const { text } = actions
  const base = { key: 'stop', fingerprint: stop, speaker: text.operator }
  switch (stop) {
    case 'offered':
      return undefined
    case 'asked':
      return { ...base, draw: () => [element('h2', {}, text.stopTitle), say(text.stopNote), stopForm(actions)] }
    case 'said':
      return { ...base, tone: 'good', draw: () => [sayWith('check', text.stopSaid)] }
  }
}

function stopForm({ text, stop }: StopActions): Child {
  const field = element('input', {
    id: 'stop-code',
    type: 'text',
    autocomplete: 'off',
    autocapitalize: 'characters',
    spellcheck: 'false',
    maxlength: '60',
    'aria-describedby': 'stop-problem',
  })
  const problem = element('p', { id: 'stop-problem', class: 'note', role: 'status' })
  const submit = async (): Promise<void> => {
    const outcome = await stop(field.value)
    if (outcome !== 'said') problem.textContent = text.stopProblem[outcome]
  }
  const form = element(
    'form',
    { class: 'stop' },
    element('label', { for: 'stop-code' }, text.stopCode),
    field,
    problem,
    button({ label: text.stopNow, name: 'stop-now', onPress: submit }),
  )
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    void submit()
  })
  return form
}

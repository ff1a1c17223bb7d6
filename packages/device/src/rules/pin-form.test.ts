import { expect, test } from 'vitest'
import { verifyPinForm } from './pin-form.ts'

test.each([
  ['123456', true],
  ['123456789012', true],
  ['12345', false],
  ['1234567890123', false],
  ['12345a', false],
  ['１２３４５６', false],
  ['', false],
])('%s: %s', (pin, isGood) => expect(verifyPinForm(pin).ok).toBe(isGood))

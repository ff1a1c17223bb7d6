import { fail, ok, type Result } from '@symbolon/formats/result'

/** A PIN has six to twelve ASCII digits. Nothing is said of how good it is: five tries are what protects it. */
export function verifyPinForm(pin: string): Result<string, { readonly code: 'WALLET_PIN_FORM' }> {
  return /^[0-9]{6,12}$/u.test(pin) ? ok(pin) : fail({ code: 'WALLET_PIN_FORM' })
}

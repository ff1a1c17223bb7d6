import { Type, type Static } from 'typebox'

/** The record that device and vault hold in halves: what a person may look up of their own card. Never the security code. */
export const CardRecord = Type.Object(
  {
    primaryAccountNumber: Type.String({ pattern: '^[0-9]{12,19}$' }),
    expiry: Type.String({ pattern: '^[0-9]{4}$' }),
    holderName: Type.String({ maxLength: 60 }),
    phoneNumber: Type.String({ maxLength: 20 }),
    postalAddress: Type.String({ maxLength: 200 }),
  },
  { additionalProperties: false, $id: 'CardRecord' },
)
export type CardRecord = Static<typeof CardRecord>

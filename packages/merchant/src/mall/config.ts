import { Type, type Static } from 'typebox'
import { IssuerCertificate } from '@symbolon/contracts/directory'
import { Origin } from '@symbolon/contracts/limits'

/** Configuration of the sample mall: one origin, several shops, each with its own API key and signing key. */
export const mallConfigSchema = Type.Object(
  {
    listen: Type.Object({ host: Type.String(), port: Type.Integer({ minimum: 1, maximum: 65_535 }) }, { additionalProperties: false }),
    origin: Origin,
    operatorOrigin: Origin,
    keysFolder: Type.String({ description: 'made by keygen; one private key a shop' }),
    dataFolder: Type.String({ description: 'the journal of orders' }),
    shops: Type.Array(
      Type.Object(
        {
          slug: Type.String(),
          apiKey: Type.String(),
          certificates: Type.Optional(Type.Array(IssuerCertificate, { maxItems: 10, description: 'by issuers, of this shop’s key' })),
        },
        { additionalProperties: false },
      ),
      {
        minItems: 1,
        maxItems: 20,
      },
    ),
  },
  { additionalProperties: false },
)
export type MallConfig = Static<typeof mallConfigSchema>
